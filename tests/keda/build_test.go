package keda

import (
	"context"
	"fmt"
	"maps"

	"github.com/kedacore/keda/v2/pkg/scalers"
	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
	corev1 "k8s.io/api/core/v1"
)

// As KEDA's operator makes it of a ScaledObject or ScaledJob.
func (w written) config() *scalersconfig.ScalerConfig {
	config := &scalersconfig.ScalerConfig{
		ScalableObjectName:      "mcp-server",
		ScalableObjectNamespace: "mcp",
		ScalableObjectType:      w.kind,
		TriggerName:             w.Name,
		TriggerType:             w.Type,
		TriggerMetadata:         maps.Clone(w.Metadata),
		TriggerIndex:            w.index,
		TriggerUniqueKey:        w.where,
		MetricType:              w.MetricType,
		AuthParams:              w.parameters(),
	}
	if w.auth != nil && w.auth.PodIdentity != nil {
		config.PodIdentity = *w.auth.PodIdentity
		// KEDA has it of the annotation of the workload's service account.
		config.AuthParams["awsRoleArn"] = "arn:aws:iam::123456789012:role/mcp-worker"
	}
	return config
}

// What the trigger's Secrets would hold.
func (w written) parameters() map[string]string {
	made := map[string]string{}
	if w.auth == nil {
		return made
	}
	for _, one := range w.auth.SecretTargetRef {
		made[one.Parameter] = "http://user:password@127.0.0.1:15672/vhost" // a URL, or any text
	}
	return made
}

// KEDA keeps to itself which constructor is whose.
func build(ctx context.Context, config *scalersconfig.ScalerConfig) (scalers.Scaler, error) {
	switch config.TriggerType {
	case "aws-sqs-queue":
		return scalers.NewAwsSqsQueueScaler(ctx, config)
	case "cpu":
		return scalers.NewCPUMemoryScaler(corev1.ResourceCPU, config)
	case "cron":
		return scalers.NewCronScaler(config)
	case "external-push":
		return scalers.NewExternalPushScaler(config)
	case "kafka":
		return scalers.NewKafkaScaler(ctx, config)
	case "memory":
		return scalers.NewCPUMemoryScaler(corev1.ResourceMemory, config)
	case "nats-jetstream":
		return scalers.NewNATSJetStreamScaler(config)
	case "prometheus":
		return scalers.NewPrometheusScaler(config)
	case "rabbitmq":
		return scalers.NewRabbitMQScaler(config)
	case "redis":
		return scalers.NewRedisScaler(ctx, false, false, config)
	}
	return nil, fmt.Errorf("no constructor is here for %q", config.TriggerType)
}
