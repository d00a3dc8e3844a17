"""A Kubernetes cluster, Argo CD and Pulumi's engine as processes on this machine."""
