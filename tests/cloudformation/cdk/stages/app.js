// One service in three places: stages, each a cloud assembly of its own under cdk.out, one of them inside another.
const { App, CfnOutput, CfnParameter, NestedStack, Stack, Stage } = require('aws-cdk-lib');
const { CfnSecurityGroup } = require('aws-cdk-lib/aws-ec2');
const { CfnCacheCluster, CfnReplicationGroup } = require('aws-cdk-lib/aws-elasticache');

class NetworkStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.securityGroup = new CfnSecurityGroup(this, 'CacheAccess', { groupDescription: 'may use the cache' });
    this.backupDays = new CfnParameter(this, 'SharedBackupDays', { type: 'Number', default: 7 });
  }
}

class QueuesStack extends NestedStack {
  constructor(scope, id, { backupDays, ...props }) {
    super(scope, id, props);
    new CfnReplicationGroup(this, 'Queue', {
      replicationGroupDescription: 'queue of background jobs',
      engine: 'valkey',
      transitEncryptionEnabled: true,
      cacheNodeType: 'cache.t4g.medium',
      snapshotRetentionLimit: backupDays,
    });
  }
}

class CacheStack extends Stack {
  constructor(scope, id, { backupDays, network, ...props }) {
    super(scope, id, props);

    const sessions = new CfnReplicationGroup(this, 'Sessions', {
      replicationGroupDescription: 'sessions',
      engine: 'redis',
      cacheNodeType: 'cache.t4g.medium',
      securityGroupIds: [network.securityGroup.attrGroupId],
      snapshotRetentionLimit: backupDays,
    });
    new CfnOutput(this, 'SessionsEndpoint', { value: sessions.attrPrimaryEndPointAddress });

    // The number comes from the other stack: an export there and Fn::ImportValue here, where references are strong;
    // where they are weak, an output there and Fn::GetStackOutput here.
    new CfnCacheCluster(this, 'Tokens', {
      engine: 'redis',
      cacheNodeType: 'cache.t4g.medium',
      numCacheNodes: 1,
      snapshotRetentionLimit: network.backupDays.valueAsNumber,
    });

    new QueuesStack(this, 'Queues', { backupDays });
  }
}

class Service extends Stage {
  constructor(scope, id, { backupDays, references = 'strong', ...props } = {}) {
    super(scope, id, props);
    this.node.setContext('@aws-cdk/core:defaultCrossStackReferences', references);
    const network = new NetworkStack(this, 'Network');
    new CacheStack(this, 'Cache', { backupDays, network });
  }
}

const app = new App({
  analyticsReporting: false,
  stackTraces: false, // with the next line: no path of this machine in the output
  context: { 'aws:cdk:disable-creation-stack-traces': true },
});

const tools = new Stack(app, 'Tools', { description: 'Caches of the build machines' });
new CfnCacheCluster(tools, 'BuildCache', {
  engine: 'redis',
  cacheNodeType: 'cache.t4g.medium',
  numCacheNodes: 1,
  snapshotRetentionLimit: 1,
});

new Service(app, 'Dev');
const production = new Service(app, 'Prod', { backupDays: 7, references: 'weak' });
new Service(production, 'Canary', { backupDays: 0 });

app.synth();
