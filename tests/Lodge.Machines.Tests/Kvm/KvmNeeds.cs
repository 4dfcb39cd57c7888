namespace Lodge.Machines.Tests;

/// <summary>What a test needs of KVM that not every KVM runs in ring 0.</summary>
internal enum KvmNeeds
{
    Nothing,
    Sse,
    SoftwareInterrupts,
    PageFaults,
}
