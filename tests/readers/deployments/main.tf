locals {
  t = <<-EOT
  Parameters:
    D: {Type: Number, Default: 7}
  Resources:
    A:
      Type: AWS::ElastiCache::CacheCluster
      Properties: {Engine: redis, SnapshotRetentionLimit: !Ref D}
  EOT
}
resource "terraform_data" "x" {}
variable "s" {
  default = "0" 
  sensitive = true
}
resource "aws_cloudformation_stack" "a" {
  name = "a"
  template_body = local.t
  parameters = { D = 0 }
}
resource "aws_cloudformation_stack" "b" {
  name = "b"
  template_body = local.t
  parameters = { D = terraform_data.x.id }
}
resource "aws_cloudformation_stack" "c" {
  name = "c"
  template_body = local.t
  parameters = { D = var.s }
}
resource "aws_cloudformation_stack" "d" {
  name = "d"
  template_url = "https://s3.amazonaws.com/x/redis.yaml"
}
resource "aws_cloudformation_stack" "e" {
  name = "e"
  template_body = terraform_data.x.id
}
resource "aws_cloudformation_stack_set" "f" {
  name = "f"
  template_body = local.t
}
resource "aws_cloudformation_stack_set_instance" "f" {
  stack_set_name = aws_cloudformation_stack_set.f.name
  parameter_overrides = { D = 0 }
}
resource "aws_cloudcontrolapi_resource" "g" {
  type_name = "AWS::ElastiCache::ServerlessCache"
  desired_state = jsonencode({ ServerlessCacheName = "x", Engine = "redis" })
}
resource "aws_cloudcontrolapi_resource" "h" {
  type_name = "AWS::SNS::Topic"
  desired_state = jsonencode({ })
}
resource "aws_cloudcontrolapi_resource" "i" {
  type_name = "AWS::ElastiCache::ServerlessCache"
  desired_state = jsonencode({ ServerlessCacheName = "x", Engine = "redis", SnapshotRetentionLimit = terraform_data.x.id })
}
resource "aws_servicecatalog_product" "j" {
  name = "j"
  owner = "o"
  type = "CLOUD_FORMATION_TEMPLATE"
  provisioning_artifact_parameters {
    template_url = "https://s3.amazonaws.com/x/redis.yaml"
  }
}
resource "aws_cloudformation_stack" "k" {
  name = "k"
  template_body = jsonencode({ Resources = { T = { Type = "AWS::SNS::Topic" } } })
}
