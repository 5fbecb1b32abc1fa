// The caches of a web shop: the same stack for two environments, an older stack that is patched with escape
// hatches, and a stack that has no cache at all.
const { App, Aspects, RemovalPolicy, Stack, Tags } = require('aws-cdk-lib');
const { CfnCacheCluster, CfnReplicationGroup, CfnServerlessCache } = require('aws-cdk-lib/aws-elasticache');
const { Bucket, BucketEncryption } = require('aws-cdk-lib/aws-s3');

const environments = {
  dev: { nodeType: 'cache.t4g.small', sessionBackupDays: 0, cartBackupDays: undefined },
  prod: { nodeType: 'cache.r7g.large', sessionBackupDays: 7, cartBackupDays: 35 },
};

class CacheStack extends Stack {
  constructor(scope, id, { settings, ...props }) {
    super(scope, id, props);

    new CfnReplicationGroup(this, 'Sessions', {
      replicationGroupDescription: 'sessions of signed-in customers',
      engine: 'valkey',
      cacheNodeType: settings.nodeType,
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      transitEncryptionEnabled: true,
      snapshotRetentionLimit: settings.sessionBackupDays,
      snapshotWindow: '03:00-05:00',
    });

    new CfnReplicationGroup(this, 'Carts', {
      replicationGroupDescription: 'shopping carts',
      engine: 'redis',
      cacheNodeType: settings.nodeType,
      numNodeGroups: 2,
      replicasPerNodeGroup: 1,
      automaticFailoverEnabled: true,
      snapshotRetentionLimit: settings.cartBackupDays,
    });

    new CfnCacheCluster(this, 'Jobs', {
      engine: 'redis',
      cacheNodeType: settings.nodeType,
      numCacheNodes: 1,
    });

    new CfnCacheCluster(this, 'Pages', {
      engine: 'memcached',
      cacheNodeType: settings.nodeType,
      numCacheNodes: 3,
      azMode: 'cross-az',
    });

    new CfnServerlessCache(this, 'Search', {
      serverlessCacheName: `search-${settings.name}`,
      engine: 'valkey',
      majorEngineVersion: '8',
      snapshotRetentionLimit: 1,
      dailySnapshotTime: '04:00',
    });

    new CfnServerlessCache(this, 'Recommendations', {
      serverlessCacheName: `recommendations-${settings.name}`,
      engine: 'redis',
      cacheUsageLimits: { dataStorage: { maximum: 10, unit: 'GB' } },
    });

    new CfnServerlessCache(this, 'Fragments', {
      serverlessCacheName: `fragments-${settings.name}`,
      engine: 'memcached',
    });
  }
}

// Written before there were settings. Nobody wants to replace these caches, so they are patched.
class LegacyCacheStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);

    const wishlist = new CfnReplicationGroup(this, 'Wishlist', {
      replicationGroupDescription: 'wish lists',
      engine: 'redis',
      cacheNodeType: 'cache.m6g.large',
      snapshotRetentionLimit: 0,
    });
    wishlist.addPropertyOverride('SnapshotRetentionLimit', 14);

    const prices = new CfnReplicationGroup(this, 'Prices', {
      replicationGroupDescription: 'prices, computed every night',
      engine: 'redis',
      cacheNodeType: 'cache.m6g.large',
      snapshotRetentionLimit: 7,
    });
    prices.addPropertyDeletionOverride('SnapshotRetentionLimit');
    prices.overrideLogicalId('PriceCache');

    const coupons = new CfnCacheCluster(this, 'Coupons', {
      engine: 'redis',
      cacheNodeType: 'cache.m6g.large',
      numCacheNodes: 1,
    });
    coupons.addPropertyOverride('SnapshotRetentionLimit', '5');
    coupons.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);

    new CfnReplicationGroup(this, 'Archive', {
      replicationGroupDescription: 'kept as long as AWS lets us, or so we thought',
      engine: 'redis',
      cacheNodeType: 'cache.m6g.large',
      snapshotRetentionLimit: 90,
    });
  }
}

// Serverless caches of production without a limit get a month of backups.
class BackUpServerlessCaches {
  visit(node) {
    if (node instanceof CfnServerlessCache && node.engine !== 'memcached') {
      node.snapshotRetentionLimit ??= 30;
    }
  }
}

class AssetsStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    new Bucket(this, 'Images', { encryption: BucketEncryption.S3_MANAGED, enforceSSL: true, versioned: true });
  }
}

const app = new App({
  analyticsReporting: false,
  stackTraces: false, // with the next line: no path of this machine in the output
  context: { 'aws:cdk:disable-creation-stack-traces': true },
});
Tags.of(app).add('team', 'shop');

new AssetsStack(app, 'ShopAssets');
new CacheStack(app, 'ShopCacheDev', { settings: { name: 'dev', ...environments.dev } });
const production = new CacheStack(app, 'ShopCacheProd', { settings: { name: 'prod', ...environments.prod } });
Aspects.of(production).add(new BackUpServerlessCaches());
new LegacyCacheStack(app, 'ShopLegacy', { stackName: 'shop-legacy', description: 'Older caches of the shop' });

app.synth();
