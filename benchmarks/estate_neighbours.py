"""The files of an estate without caches: modules, resources, policies, manifests, templates, pages."""

import json
from random import Random

Files = dict[str, str]


def filled(text: str, **words: object) -> str:
    """Put words in place of `@word@`: configuration is full of braces and dollars of its own."""
    for name, word in words.items():
        text = text.replace(f"@{name}@", str(word))
    return text


_NAME = """\
variable "name" {
  description = "The service that this belongs to"
  type        = string
}

variable "tags" {
  description = "Put on everything that this module makes"
  type        = map(string)
  default     = {}
}
"""

_ARN = """\
output "arn" {
  description = "What policies name"
  value       = @arn@
}
"""

_BUCKET = """\
resource "aws_s3_bucket" "this" {
  bucket_prefix = "${var.name}-"
  tags          = var.tags
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}

# Public access is closed at the account as well; this is for who reads the plan.
resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
}
"""

_ROLE = """\
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = var.services
    }
  }
}

resource "aws_iam_role" "this" {
  name_prefix        = "${substr(var.name, 0, 30)}-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "this" {
  for_each = var.policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}
"""

_ROLE_VARIABLES = """
variable "services" {
  description = "Who may assume the role"
  type        = list(string)
  default     = ["ecs-tasks.amazonaws.com"]
}

variable "policies" {
  description = "Inline policies by name"
  type        = map(string)
  default     = {}
}
"""

_QUEUE = """\
resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  message_retention_seconds = 1209600
  tags                      = var.tags
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
  visibility_timeout_seconds = var.timeout
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}

module "alarm" {
  source = "../alarm"

  name   = "${var.name}-dead"
  metric = "ApproximateNumberOfMessagesVisible"
  tags   = var.tags
}
"""

_QUEUE_VARIABLES = """
variable "timeout" {
  description = "Seconds that a consumer may take"
  type        = number
  default     = 60
}
"""

_ALARM = """\
resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = var.name
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  metric_name         = var.metric
  namespace           = "AWS/SQS"
  period              = 60
  statistic           = "Maximum"
  threshold           = var.threshold
  treat_missing_data  = "notBreaching"
  tags                = var.tags
}
"""

_ALARM_VARIABLES = """
variable "metric" {
  description = "What is watched"
  type        = string
}

variable "threshold" {
  description = "Above it somebody is called"
  type        = number
  default     = 0
}
"""

_TABLE = """\
resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.key
  tags         = var.tags

  attribute {
    name = var.key
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
"""

_TABLE_VARIABLES = """
variable "key" {
  description = "The attribute that items are found by"
  type        = string
  default     = "id"
}
"""

_SERVICE = """\
# A service as most of ours are: a role, a log group, a bucket for what it is handed.
module "role" {
  source = "../service-role"

  name     = var.name
  policies = var.policies
  tags     = var.tags
}

module "uploads" {
  source = "../bucket"
  count  = var.takes_uploads ? 1 : 0

  name = "${var.name}-uploads"
  tags = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/services/${var.name}"
  retention_in_days = var.log_days
  tags              = var.tags
}
"""

_SERVICE_VARIABLES = """
variable "policies" {
  description = "What the service may do, inline policies by name"
  type        = map(string)
  default     = {}
}

variable "takes_uploads" {
  description = "Whether it has a bucket for uploads"
  type        = bool
  default     = false
}

variable "log_days" {
  description = "How many days logs are kept"
  type        = number
  default     = 30
}
"""


def _plain(purpose: str, main: str, variables: str, arn: str) -> tuple[str, str, str, str]:
    return purpose, main, _NAME + variables, filled(_ARN, arn=arn)


# Module → its purpose, main.tf, variables.tf and outputs.tf.
PLAIN_MODULES = {
    "bucket": _plain("A private bucket.", _BUCKET, "", "aws_s3_bucket.this.arn"),
    "service-role": _plain("A role.", _ROLE, _ROLE_VARIABLES, "aws_iam_role.this.arn"),
    "queue": _plain(
        "A queue and its dead letters.", _QUEUE, _QUEUE_VARIABLES, "aws_sqs_queue.this.arn"
    ),
    "alarm": _plain("An alarm.", _ALARM, _ALARM_VARIABLES, "aws_cloudwatch_metric_alarm.this.arn"),
    "table": _plain("A table.", _TABLE, _TABLE_VARIABLES, "aws_dynamodb_table.this.arn"),
    "service": _plain("A service's surroundings.", _SERVICE, _SERVICE_VARIABLES, "module.role.arn"),
}

_RESOURCES = (
    """
# @why@
resource "aws_security_group" "@label@" {
  name        = "${local.name}-@label@"
  description = "@label@ of ${local.name}"
  vpc_id      = var.vpc_id

  dynamic "ingress" {
    for_each = toset(["10.@number@.0.0/16", "10.200.0.0/16"])
    content {
      description = "From ${ingress.value}"
      from_port   = @port@
      to_port     = @port@
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = local.tags
}
""",
    """
# @why@
data "aws_iam_policy_document" "@label@" {
  statement {
    sid       = "Read@number@"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::@label@-@number@", "arn:aws:s3:::@label@-@number@/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "@label@" {
  name_prefix = "${substr(local.name, 0, 30)}-"
  policy      = data.aws_iam_policy_document.@label@.json
  tags        = local.tags
}
""",
    """
# @why@
module "@label@" {
  source = "../../../modules/queue"

  name    = "${local.name}-@label@"
  timeout = var.is_busy ? @port@ : 60
  tags    = local.tags
}
""",
    """
# @why@
module "@label@" {
  source   = "../../../modules/table"
  for_each = toset(["current", "history"])

  name = "${local.name}-@label@-${each.key}"
  tags = merge(local.tags, { Part = each.key })
}
""",
    """
# @why@
resource "aws_cloudwatch_log_group" "@label@" {
  name              = "/@label@/${local.name}"
  retention_in_days = lookup({ small = 14, large = 90 }, var.size, 30)
  tags              = local.tags
}

resource "aws_cloudwatch_log_metric_filter" "@label@" {
  name           = "${local.name}-@label@-errors"
  log_group_name = aws_cloudwatch_log_group.@label@.name
  pattern        = "{ $.level = \\"error\\" }"

  metric_transformation {
    name      = "@label@-errors"
    namespace = "Services/@number@"
    value     = "1"
  }
}
""",
    """
# @why@
resource "aws_iam_policy" "@label@" {
  name_prefix = "${substr(local.name, 0, 30)}-"
  tags        = local.tags

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Publish@number@",
          "Effect": "Allow",
          "Action": ["sns:Publish", "sqs:SendMessage", "events:PutEvents"],
          "Resource": "arn:aws:sns:${var.region}:123456789012:@label@-@number@"
        }
      ]
    }
  EOT
}
""",
)

_REASONS = (
    "Asked for by the auditors; see the decision record before you take it away.",
    "The importer needs it until the old platform is gone.",
    "One for each zone would be nicer, and nobody has had the time.",
    "Kept apart from the rest, because another team pays for it.",
    "The limits are those of the load test of last spring.",
    "Moved here from the console; names are as they were there.",
)

LABELS = (
    "orders", "invoices", "exports", "reports", "images", "search", "events", "audit", "mail",
    "metrics", "partners", "prices", "stock", "returns", "ratings", "loyalty", "fraud", "labels",
)  # fmt: skip

MAIN = """\
# @name@: see README.md. Applied by the pipeline, never by hand.
locals {
  name = "@name@"
  tags = {
    Service    = local.name
    Owner      = "@domain@"
    CostCentre = "@number@"
  }
}

module "service" {
  source = "../../../modules/service"

  name          = local.name
  takes_uploads = @uploads@
  log_days      = var.is_busy ? 90 : 30
  tags          = local.tags
}
"""

_PROVIDERS = """\
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80"
    }
  }

  backend "s3" {
    bucket = "terraform-state-@domain@"
    key    = "@domain@/@name@.tfstate"
    region = "eu-central-1"
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Repository = "estate", Stack = "@name@" }
  }
}
"""

_VARIABLES = """\
variable "region" {
  description = "Where this is deployed"
  type        = string
  default     = "eu-central-1"
}

variable "vpc_id" {
  description = "The shared network of the region"
  type        = string
  default     = "vpc-0a1b2c3d4e5f60718"
}

variable "size" {
  description = "small or large"
  type        = string
  default     = "small"

  validation {
    condition     = contains(["small", "large"], var.size)
    error_message = "It is small or large."
  }
}

variable "is_busy" {
  description = "Whether the service has traffic all day"
  type        = bool
  default     = false
}
"""

_OUTPUTS = """\
output "role_arn" {
  description = "For policies of other stacks"
  value       = module.service.arn
}

output "name" {
  description = "As other stacks call it"
  value       = local.name
}
"""

_PAGE = """\
# @name@

Owned by @domain@, paid from cost centre @number@.

## What it does

@why@ The service takes what the shop hands it, keeps what has to be kept and tells the others. It
runs in two zones; a third is planned. Deploys go through the pipeline of the domain, on every merge.

## When it rings at night

1. Look at the dashboard of the service: is it load, or is it errors?
2. If the queue grows and nothing fails, add capacity and go back to bed.
3. If something fails, roll back to the last release, then read the logs. Data is restored from the
   backups of last night; who may do so stands in the runbook of the platform.
4. Write down what happened, also if it was nothing.

| environment | region | reviewed |
| --- | --- | --- |
| dev | eu-central-1 | no |
| prod | eu-central-1, eu-west-1 | yes |
"""

_MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: @name@
  namespace: @domain@
  labels:
    app.kubernetes.io/name: @name@
    app.kubernetes.io/part-of: shop
spec:
  replicas: @replicas@
  selector:
    matchLabels:
      app.kubernetes.io/name: @name@
  template:
    metadata:
      labels:
        app.kubernetes.io/name: @name@
    spec:
      serviceAccountName: @name@
      containers:
        - name: main
          image: registry.example/@domain@/@name@:@number@
          ports:
            - containerPort: @port@
          # A cold start takes a while on the small nodes.
          readinessProbe:
            httpGet: {path: /ready, port: @port@}
            initialDelaySeconds: 20
          env:
@settings@
          resources:
            requests: {cpu: 100m, memory: 256Mi}
            limits: {memory: 512Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: @name@
  namespace: @domain@
spec:
  selector:
    app.kubernetes.io/name: @name@
  ports:
    - port: 80
      targetPort: @port@
"""

_TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: @name@, not yet moved to Terraform

Parameters:
  Environment:
    Type: String
    Default: dev
    AllowedValues: [dev, prod]
  VpcId:
    Type: AWS::EC2::VPC::Id

Conditions:
  IsProd: !Equals [!Ref Environment, prod]

Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      Tags:
        - {Key: Service, Value: @name@}

  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${AWS::StackName}-jobs"
      VisibilityTimeout: !If [IsProd, 300, 60]

  # @why@
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: jobs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [sqs:ReceiveMessage, sqs:DeleteMessage]
                Resource: !GetAtt Jobs.Arn

  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: @name@
      VpcId: !Ref VpcId
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: @port@, ToPort: @port@, CidrIp: 10.@number@.0.0/16}
"""


class Site:
    """Where a stack is, and the random numbers that decide what is in it: the same for the same seed."""

    def __init__(self, number: int, seed: int, domain: str) -> None:
        self.number = number
        self.domain = domain
        self.chance = Random(f"{seed} {number}")
        self.name = f"{self.chance.choice(LABELS)}-{number:05d}"
        self.folder = f"stacks/{domain}/{self.name}"
        self._count = 0

    def next_number(self) -> int:
        """Count on."""
        self._count += 1
        return self._count

    def words(self) -> dict[str, object]:
        """Return the values for the placeholders in the texts of the stack."""
        chance = self.chance
        return {
            "name": self.name,
            "domain": self.domain,
            "number": chance.randrange(1, 200),
            "port": chance.randrange(300, 900),
            "replicas": chance.randrange(1, 6),
            "uploads": chance.choice(("true", "false")),
            "why": chance.choice(_REASONS),
        }


def terraform_files(site: Site) -> Files:
    """Return a root module without a cache: what every Terraform stack has."""
    words = site.words()
    return {
        "main.tf": filled(MAIN, **words) + _resources(site, 3),
        "platform.tf": _resources(site, site.chance.randrange(11, 19)).lstrip("\n"),
        "variables.tf": _VARIABLES,
        "outputs.tf": _OUTPUTS,
        "versions.tf": filled(_PROVIDERS, **words),
        "README.md": filled(_PAGE, **words),
    }


def _resources(site: Site, count: int) -> str:
    chance = site.chance
    blocks = []
    for kind in chance.choices(_RESOURCES, k=count):
        # Two blocks of one name would be an error.
        label = f"{chance.choice(LABELS)}_{site.next_number():02d}"
        blocks.append(filled(kind, **{**site.words(), "label": label}))
    return "".join(blocks)


def manifest_file(site: Site) -> str:
    """Return the Kubernetes manifest of a service."""
    settings = "\n".join(
        f'            - {{name: SETTING_{label.upper()}, value: "{site.chance.randrange(9999)}"}}'
        for label in LABELS
    )
    return filled(_MANIFEST, **site.words(), settings=settings)


def template_files(site: Site) -> Files:
    """Return a CloudFormation stack without a cache, with its parameters and its page."""
    words = site.words()
    parameters = [{"ParameterKey": "Environment", "ParameterValue": "prod"}]
    return {
        "template.yaml": filled(_TEMPLATE, **words),
        "parameters-prod.json": json.dumps(parameters, indent=2) + "\n",
        "README.md": filled(_PAGE, **words),
        "buildspec.yml": "version: 0.2\nphases:\n  build:\n    commands:\n      - make deploy\n",
    }


def policy_file(site: Site) -> str:
    """Return an IAM policy as JSON, with a realistic number of statements."""
    statements = [
        {
            "Sid": f"{label.title()}{number}",
            "Effect": "Allow",
            "Action": [f"{service}:Describe*", f"{service}:List*"],
            "Resource": f"arn:aws:{service}:eu-central-1:123456789012:{label}/*",
        }
        for number, label in enumerate(site.chance.sample(LABELS, 6))
        for service in site.chance.sample(("rds", "ecs", "sqs", "sns", "elasticache"), 1)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"
