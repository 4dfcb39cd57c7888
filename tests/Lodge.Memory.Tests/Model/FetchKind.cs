namespace Lodge.Memory.Tests.Model;

internal enum FetchKind
{
    Add,
    And,
    Or,
    Xor,
}
