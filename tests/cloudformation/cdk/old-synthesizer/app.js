// Nested stacks for an account that was never bootstrapped the modern way: with the legacy synthesizer the place of a
// nested template is told by parameters. Beside it, a stack that needs no bootstrapping at all.
const { App, BootstraplessSynthesizer, CfnParameter, LegacyStackSynthesizer, NestedStack, Stack } = require('aws-cdk-lib');
const { CfnReplicationGroup, CfnServerlessCache } = require('aws-cdk-lib/aws-elasticache');

class InnerStack extends NestedStack {
  constructor(scope, id, { days, ...props }) {
    super(scope, id, props);
    new CfnServerlessCache(this, 'Lookup', { serverlessCacheName: 'lookup', engine: 'redis', snapshotRetentionLimit: days });
  }
}

class OuterStack extends NestedStack {
  constructor(scope, id, { days, ...props }) {
    super(scope, id, props);
    new CfnReplicationGroup(this, 'Scores', {
      replicationGroupDescription: 'scores',
      engine: 'redis',
      cacheNodeType: 'cache.r6g.large',
      snapshotRetentionLimit: days,
    });
    new InnerStack(this, 'Inner', { days });
  }
}

class GameStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const days = new CfnParameter(this, 'BackupDays', { type: 'Number', minValue: 1 });
    new OuterStack(this, 'Outer', { days: days.valueAsNumber });
  }
}

const app = new App({
  analyticsReporting: false,
  stackTraces: false, // with the next line: no path of this machine in the output
  context: { 'aws:cdk:disable-creation-stack-traces': true },
});
new GameStack(app, 'Game', { synthesizer: new LegacyStackSynthesizer() });

const lobby = new Stack(app, 'Lobby', { synthesizer: new BootstraplessSynthesizer() });
new CfnReplicationGroup(lobby, 'Lobbies', {
  replicationGroupDescription: 'open lobbies',
  engine: 'valkey',
  transitEncryptionEnabled: true,
  cacheNodeType: 'cache.r6g.large',
});

app.synth();
