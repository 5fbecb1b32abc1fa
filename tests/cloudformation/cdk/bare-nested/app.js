// Nested stacks synthesised without path and asset metadata, as by `cdk synth --no-path-metadata --no-asset-metadata`
// or by plain `node app.js`: only the assets manifest says which file a TemplateURL is.
const { App, CfnParameter, NestedStack, Stack } = require('aws-cdk-lib');
const { CfnReplicationGroup } = require('aws-cdk-lib/aws-elasticache');

class CacheStack extends NestedStack {
  constructor(scope, id, { days, inner, ...props }) {
    super(scope, id, props);
    new CfnReplicationGroup(this, 'Cache', {
      replicationGroupDescription: 'a cache',
      engine: 'redis',
      cacheNodeType: 'cache.m7g.large',
      snapshotRetentionLimit: days,
    });
    if (inner !== undefined) {
      new CacheStack(this, 'Inner', { days: inner });
    }
  }
}

const app = new App({
  analyticsReporting: false,
  stackTraces: false, // with the next line: no path of this machine in the output
  context: { 'aws:cdk:disable-creation-stack-traces': true },
});
const stack = new Stack(app, 'Bare');
const days = new CfnParameter(stack, 'BackupDays', { type: 'Number', default: 7 }).valueAsNumber;
new CacheStack(stack, 'Blue', { days, inner: 0 });
new CacheStack(stack, 'Green', { days: 35, inner: days });

// The same template twice is one asset: both nested stacks have the same TemplateURL.
new CacheStack(stack, 'Copy', { days: 14 });
new CacheStack(stack, 'Paste', { days: 14 });

app.synth();
