// A platform of nested stacks, two levels deep, with a cache in each level. Retentions start as parameters of the
// root stack, as arguments of a nested stack, or as parameters of the nested stack itself.
const { App, CfnCondition, CfnOutput, CfnParameter, Fn, NestedStack, Stack } = require('aws-cdk-lib');
const { CfnSecurityGroup } = require('aws-cdk-lib/aws-ec2');
const { CfnCacheCluster, CfnReplicationGroup, CfnServerlessCache } = require('aws-cdk-lib/aws-elasticache');
const { Topic } = require('aws-cdk-lib/aws-sns');

function replicationGroup(scope, id, props) {
  return new CfnReplicationGroup(scope, id, {
    replicationGroupDescription: id.toLowerCase(),
    engine: 'valkey',
    cacheNodeType: 'cache.r7g.large',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    transitEncryptionEnabled: true,
    ...props,
  });
}

class ReportsStack extends NestedStack {
  constructor(scope, id, { days, auditDays, alarms, ...props }) {
    super(scope, id, props);

    replicationGroup(this, 'Daily', { snapshotRetentionLimit: days, notificationTopicArn: alarms.topicArn });
    replicationGroup(this, 'Audit', { snapshotRetentionLimit: auditDays });
    new CfnServerlessCache(this, 'Exports', { serverlessCacheName: 'exports', engine: 'valkey' });
    new CfnCacheCluster(this, 'Charts', { engine: 'memcached', cacheNodeType: 'cache.m7g.large', numCacheNodes: 2 });
  }
}

class DataStack extends NestedStack {
  constructor(scope, id, { days, ledgerDays, auditDays, alarms, securityGroup, ...props }) {
    super(scope, id, props);

    const securityGroupIds = [securityGroup.attrGroupId];
    replicationGroup(this, 'Orders', { snapshotRetentionLimit: days, securityGroupIds });
    replicationGroup(this, 'Ledger', { snapshotRetentionLimit: ledgerDays, securityGroupIds });
    const scratch = replicationGroup(this, 'Scratch', { snapshotRetentionLimit: 0, securityGroupIds });
    new CfnOutput(this, 'ScratchEndpoint', { value: scratch.attrPrimaryEndPointAddress });

    new ReportsStack(this, 'Reports', { days, auditDays, alarms });
  }
}

// One class, deployed once a tenant. The parameter is what people set when they deploy the template by hand.
class TenantStack extends NestedStack {
  constructor(scope, id, props) {
    super(scope, id, props);

    const days = new CfnParameter(this, 'BackupDays', { type: 'Number', default: 0, minValue: 0, maxValue: 35 });
    replicationGroup(this, 'State', { snapshotRetentionLimit: days.valueAsNumber });
    this.days = days.valueAsNumber;
  }
}

class PlatformStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);

    const days = new CfnParameter(this, 'BackupDays', { type: 'Number', default: 7, description: 'Days to keep backups' });
    const ledgerDays = new CfnParameter(this, 'LedgerBackupDays', { type: 'Number', minValue: 1, maxValue: 35 });
    const auditDays = new CfnParameter(this, 'AuditBackupDays', { type: 'Number', allowedValues: ['0', '7', '35'] });
    const stage = new CfnParameter(this, 'StageName', { allowedValues: ['dev', 'prod'] });
    const region = new CfnParameter(this, 'SecondRegion', { default: 'none' });
    const isProd = new CfnCondition(this, 'IsProd', { expression: Fn.conditionEquals(stage, 'prod') });
    const hasSecondRegion = new CfnCondition(this, 'HasSecondRegion', {
      expression: Fn.conditionNot(Fn.conditionEquals(region, 'none')),
    });

    const alarms = new Topic(this, 'Alarms');
    const securityGroup = new CfnSecurityGroup(this, 'CacheAccess', { groupDescription: 'may use the caches' });

    replicationGroup(this, 'Gateway', { snapshotRetentionLimit: 35, securityGroupIds: [securityGroup.attrGroupId] });

    new DataStack(this, 'Data', {
      days: days.valueAsNumber,
      ledgerDays: ledgerDays.valueAsNumber,
      auditDays: auditDays.valueAsNumber,
      alarms,
      securityGroup,
    });

    // The argument wins over the default of the nested stack's parameter; without one the default decides.
    const big = new TenantStack(this, 'TenantBig', { parameters: { BackupDays: '14' } });
    new TenantStack(this, 'TenantSmall');
    new TenantStack(this, 'TenantLinked', { parameters: { BackupDays: days.valueAsString } });

    // A number that comes back up, out of a nested stack: Fn::GetAtt of an output.
    replicationGroup(this, 'TenantIndex', { snapshotRetentionLimit: big.days });

    // Whole nested stacks that may not be there.
    const trial = new TenantStack(this, 'TenantTrial', { parameters: { BackupDays: '1' } });
    trial.nestedStackResource.cfnOptions.condition = isProd;
    const replica = new TenantStack(this, 'TenantReplica');
    replica.nestedStackResource.cfnOptions.condition = hasSecondRegion;
  }
}

const app = new App({
  analyticsReporting: false,
  stackTraces: false, // with the next line: no path of this machine in the output
  context: { 'aws:cdk:disable-creation-stack-traces': true },
});
new PlatformStack(app, 'Platform');
app.synth();
