namespace Lodge.Memory.Tests.Model;

internal enum AtomicKind
{
    Load,
    Store,
    Exchange,
    CompareExchange,
    FetchAdd,
    FetchAnd,
    FetchOr,
    FetchXor,
}
