// Caches whose retention is left to whoever deploys: parameters, conditions, mappings, and values that only AWS knows.
const {
  App, Aws, CfnCondition, CfnDynamicReference, CfnDynamicReferenceService, CfnMapping, CfnParameter, Fn, Stack, Token,
} = require('aws-cdk-lib');
const { CfnCacheCluster, CfnReplicationGroup, CfnServerlessCache } = require('aws-cdk-lib/aws-elasticache');
const { StringParameter } = require('aws-cdk-lib/aws-ssm');

function replicationGroup(scope, id, snapshotRetentionLimit, { condition, ...props } = {}) {
  const group = new CfnReplicationGroup(scope, id, {
    replicationGroupDescription: id,
    engine: 'redis',
    cacheNodeType: 'cache.r7g.large',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    snapshotRetentionLimit,
    ...props,
  });
  group.cfnOptions.condition = condition;
  return group;
}

class ParametersStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const number = (name, settings) => new CfnParameter(this, name, { type: 'Number', ...settings }).valueAsNumber;

    replicationGroup(this, 'WithDefault', number('DaysWithDefault', { default: 7 }));
    replicationGroup(this, 'WithZeroDefault', number('DaysWithZeroDefault', { default: 0, allowedValues: ['0', '7'] }));
    replicationGroup(this, 'AllowedAllGood', number('DaysAllowedAllGood', { allowedValues: ['1', '7', '35'] }));
    replicationGroup(this, 'AllowedMixed', number('DaysAllowedMixed', { allowedValues: ['0', '7'] }));
    replicationGroup(this, 'AllowedOnlyZero', number('DaysAllowedOnlyZero', { allowedValues: ['0'] }));
    replicationGroup(this, 'AtLeastOne', number('DaysAtLeastOne', { minValue: 1 }));
    replicationGroup(this, 'OneToThirtyFive', number('DaysOneToThirtyFive', { minValue: 1, maxValue: 35 }));
    replicationGroup(this, 'ZeroToThirtyFive', number('DaysZeroToThirtyFive', { minValue: 0, maxValue: 35 }));
    replicationGroup(this, 'Anything', number('DaysAnything'));

    // CDK's parameters are strings unless told otherwise, and a default may be written as a number all the same.
    const text = new CfnParameter(this, 'DaysAsText', { default: 7 });
    replicationGroup(this, 'AsText', Token.asNumber(Fn.ref(text.logicalId)));

    const list = new CfnParameter(this, 'DaysAsList', { type: 'CommaDelimitedList', default: '0,14,35' });
    replicationGroup(this, 'SecondOfList', Token.asNumber(Fn.select(1, list.valueAsList)));

    // The default is the name of the SSM parameter, not the number of days.
    const stored = StringParameter.valueForStringParameter(this, '/cache/backup-days');
    replicationGroup(this, 'FromParameterStore', Token.asNumber(stored));
    const resolved = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/cache/backup-days:1');
    replicationGroup(this, 'FromDynamicReference', Token.asNumber(resolved));
    replicationGroup(this, 'FromAnotherStack', Token.asNumber(Fn.importValue('shared-backup-days')));

    // The engine can be a parameter too.
    const oldEngine = new CfnParameter(this, 'OldEngine', { default: 'memcached', allowedValues: ['memcached', 'redis'] });
    new CfnCacheCluster(this, 'DefaultsToMemcached', {
      engine: oldEngine.valueAsString, cacheNodeType: 'cache.m6g.large', numCacheNodes: 1,
    });
    const anyEngine = new CfnParameter(this, 'AnyEngine', { allowedValues: ['memcached', 'redis'] });
    new CfnCacheCluster(this, 'MemcachedOrRedis', {
      engine: anyEngine.valueAsString, cacheNodeType: 'cache.m6g.large', numCacheNodes: 1,
    });
    const newEngine = new CfnParameter(this, 'NewEngine', { allowedValues: ['redis', 'valkey'] });
    new CfnServerlessCache(this, 'RedisOrValkey', {
      serverlessCacheName: 'redis-or-valkey', engine: newEngine.valueAsString, snapshotRetentionLimit: 7,
    });
  }
}

class ConditionsStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);

    const stage = new CfnParameter(this, 'StageName', { description: 'dev, staging or prod; ask in #platform' });
    const tier = new CfnParameter(this, 'Tier', { default: 'standard', allowedValues: ['standard', 'gold'] });
    const condition = (name, expression) => new CfnCondition(this, name, { expression });
    const isProd = condition('IsProd', Fn.conditionEquals(stage, 'prod'));
    const isNotProd = condition('IsNotProd', Fn.conditionNot(isProd));
    const isGold = condition('IsGold', Fn.conditionEquals(tier, 'gold'));
    const isStandard = condition('IsStandard', Fn.conditionNot(isGold));
    const isGoldProd = condition('IsGoldProd', Fn.conditionAnd(isProd, isGold));
    const isStandardOrProd = condition('IsStandardOrProd', Fn.conditionOr(isProd, isStandard));
    const inFrankfurt = condition('InFrankfurt', Fn.conditionEquals(Aws.REGION, 'eu-central-1'));
    const choose = (which, yes, no) => Token.asNumber(Fn.conditionIf(which.logicalId, yes, no));

    // Which of the two it will be is not known.
    replicationGroup(this, 'SevenOrZero', choose(isProd, 7, 0));
    replicationGroup(this, 'MonthOrWeek', choose(isProd, 35, 7));
    replicationGroup(this, 'WeekOrNothing', choose(isProd, 7, Aws.NO_VALUE));
    replicationGroup(this, 'ZeroOrNothing', choose(isNotProd, 0, Aws.NO_VALUE));
    replicationGroup(this, 'OnlyInFrankfurt', choose(inFrankfurt, '7', '0'));
    replicationGroup(this, 'ThreeWays', choose(isProd, 35, Fn.conditionIf(inFrankfurt.logicalId, 7, 1)));
    new CfnServerlessCache(this, 'Serverless', {
      serverlessCacheName: 'serverless', engine: 'valkey', snapshotRetentionLimit: choose(isProd, 30, 0),
    });

    // The default of the parameter decides.
    replicationGroup(this, 'OneUnlessGold', choose(isGold, 35, 1));
    replicationGroup(this, 'NothingUnlessGold', choose(isGold, 7, Aws.NO_VALUE));
    replicationGroup(this, 'WeekByStandard', choose(isStandard, 7, 0));
    replicationGroup(this, 'ZeroUnlessGoldProd', choose(isGoldProd, 7, 0));
    replicationGroup(this, 'WeekForStandardOrProd', choose(isStandardOrProd, 7, 0));

    // Caches that are not always there.
    replicationGroup(this, 'ProdOnly', 35, { condition: isProd });
    replicationGroup(this, 'ProdOnlyZero', 0, { condition: isProd });
    replicationGroup(this, 'DevOnly', undefined, { condition: isNotProd });
    replicationGroup(this, 'ProdOnlyChoosing', choose(isProd, 7, 0), { condition: isProd });
    replicationGroup(this, 'DevOnlyChoosing', choose(isProd, 7, 0), { condition: isNotProd });
    replicationGroup(this, 'StandardOnly', 7, { condition: isStandard });
    replicationGroup(this, 'GoldOnly', 0, { condition: isGold });
    replicationGroup(this, 'GoldProdOnly', 0, { condition: isGoldProd });
    const pages = new CfnCacheCluster(this, 'ProdOnlyPages', {
      engine: 'memcached', cacheNodeType: 'cache.m6g.large', numCacheNodes: 2,
    });
    pages.cfnOptions.condition = isProd;
  }
}

class MappingsStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);

    const stage = new CfnParameter(this, 'StageName', { allowedValues: ['dev', 'staging', 'prod'] });
    const team = new CfnParameter(this, 'Team');
    const tier = new CfnParameter(this, 'Tier', { default: 'standard' });

    const byStage = new CfnMapping(this, 'ByStage', {
      mapping: {
        sandbox: { safe: 0, risky: 0 }, // not a stage that may be chosen
        dev: { safe: 1, risky: 0 },
        staging: { safe: 7, risky: 0 },
        prod: { safe: 35, risky: 35 },
      },
    });
    const byTeam = new CfnMapping(this, 'ByTeam', { mapping: { search: { days: 7 }, payments: { days: 35 }, lab: { days: 0 } } });
    const byTier = new CfnMapping(this, 'ByTier', { mapping: { standard: { days: 0 }, gold: { days: 35 } } });
    const byRegion = new CfnMapping(this, 'ByRegion', {
      mapping: {
        'eu-central-1': { safe: 35, risky: 35, off: 0, dev: 7, staging: 7, prod: 14 },
        'eu-west-1': { safe: 7, risky: 0, off: 0, dev: 1, staging: 2, prod: 3 },
        'us-east-1': { safe: 7, risky: 7, off: 0, dev: 0, staging: 7, prod: 14 },
      },
    });
    const lazy = new CfnMapping(this, 'Lazy', { lazy: true, mapping: { 'eu-central-1': { days: 21 }, 'us-east-1': { days: 0 } } });
    const days = (mapping, first, second, fallback) => Token.asNumber(mapping.findInMap(first, second, fallback));

    replicationGroup(this, 'StageSafe', days(byStage, stage.valueAsString, 'safe'));
    replicationGroup(this, 'StageRisky', days(byStage, stage.valueAsString, 'risky'));
    replicationGroup(this, 'AnyTeam', days(byTeam, team.valueAsString, 'days'));
    replicationGroup(this, 'DefaultTier', days(byTier, tier.valueAsString, 'days'));
    replicationGroup(this, 'RegionSafe', days(byRegion, Aws.REGION, 'safe'));
    replicationGroup(this, 'RegionRisky', days(byRegion, Aws.REGION, 'risky'));
    replicationGroup(this, 'RegionOff', days(byRegion, Aws.REGION, 'off'));
    replicationGroup(this, 'RegionAndStage', days(byRegion, Aws.REGION, stage.valueAsString));
    replicationGroup(this, 'IrelandByStage', days(byRegion, 'eu-west-1', stage.valueAsString));
    replicationGroup(this, 'Fixed', days(byStage, 'dev', 'safe'));
    replicationGroup(this, 'LazyFixed', days(lazy, 'eu-central-1', 'days'));
  }
}

// A default for a key that is not there: CDK adds the transform AWS::LanguageExtensions.
class MappingDefaultsStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);

    const byRegion = new CfnMapping(this, 'ByRegion', { mapping: { 'eu-central-1': { days: 35 }, 'eu-west-1': { days: 14 } } });
    const days = (first, fallback) => Token.asNumber(byRegion.findInMap(first, 'days', fallback));

    replicationGroup(this, 'RegionOrWeek', days(Aws.REGION, '7'));
    replicationGroup(this, 'RegionOrZero', days(Aws.REGION, '0'));
    const home = new CfnParameter(this, 'HomeRegion', { default: 'us-east-1' });
    replicationGroup(this, 'HomeOrWeek', days(home.valueAsString, '7'));
  }
}

const app = new App({
  analyticsReporting: false,
  stackTraces: false, // with the next line: no path of this machine in the output
  context: { 'aws:cdk:disable-creation-stack-traces': true },
});
new ParametersStack(app, 'Parameters');
new ConditionsStack(app, 'Conditions');
new MappingsStack(app, 'Mappings');
new MappingDefaultsStack(app, 'MappingDefaults');
app.synth();
