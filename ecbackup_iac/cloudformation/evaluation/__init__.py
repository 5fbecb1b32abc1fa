"""Template expressions → values under every scenario.

What evaluates an expression raises TemplateRejectedError where CloudFormation rejects it, NeedsSplit where it
depends on something that the scenario does not assume, and TooMuchError where it takes too much work.
"""
