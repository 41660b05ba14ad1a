import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Organization = Schemas["OrganizationRead"];
export type Member = Schemas["MemberRead"];
export type Invitation = Schemas["InvitationRead"];
export type ServiceAccount = Schemas["ServiceAccountRead"];
export type ApiKey = Schemas["ApiKeyRead"];
export type KeyScope = Schemas["KeyScope"];
export type SignInSession = Schemas["SessionRead"];
export type Quota = Schemas["QuotaRead"];
export type Usage = Schemas["UsageRead"];
export type AdministeredOrganization = Schemas["AdministeredOrganization"];
export type AdministeredUser = Schemas["AdministeredUser"];
export type Project = Schemas["ProjectRead"];
export type ProjectMember = Schemas["ProjectMemberRead"];
export type Workload = Schemas["WorkloadRead"];
export type Run = Schemas["RunRead"];
export type RunRow = Schemas["RunRow"];
export type RunView = Schemas["RunViewRead"];
export type RunsGroup = Schemas["RunsGroup"];
export type RunsComparison = Schemas["RunsComparison"];
export type CodeComparison = Schemas["CodeComparison"];
export type RunDetail = Schemas["RunDetail"];
export type Artifact = Schemas["ArtifactRead"];
export type Preview =
  | Schemas["TextPreview"]
  | Schemas["CardPreview"]
  | Schemas["TablePreview"]
  | Schemas["ImagePreview"]
  | Schemas["AudioPreview"]
  | Schemas["VideoPreview"]
  | Schemas["NoPreview"];
export type LogEntry = Schemas["LogRead"];
export type PoolUtilization = Schemas["PoolUtilization"];
export type ServiceMetrics = Schemas["ServiceMetrics"];
export type Node = Schemas["NodeRead"];
export type Activity = Schemas["EventRead"];
export type TrainingJob = Schemas["TrainingJobRead"];
export type Study = Schemas["StudyRead"];
export type Trial = Schemas["TrialRead"];
export type Model = Schemas["ModelRead"];
export type ModelVersion = Schemas["VersionRead"];
export type Lineage = Schemas["Lineage"];
export type Service = Schemas["ServiceRead"];
export type Deployment = Schemas["DeploymentRead"];
export type Simulation = Schemas["SimulationRead"];
export type Environment = Schemas["EnvironmentRead"];
export type WorkloadStatus = Schemas["Status"];

/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
