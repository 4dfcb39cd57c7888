namespace Lodge.Machines.Tests.Silicon;

/// <summary>One child process for all tests that ask the processor; it is started by the first that does.</summary>
public sealed class NativeFixture : IDisposable
{
    private readonly Lazy<NativeProcessor> _processor = new(() => new NativeProcessor());

    internal NativeProcessor Processor => _processor.Value;

    public void Dispose()
    {
        if (_processor.IsValueCreated)
            _processor.Value.Dispose();
    }
}
