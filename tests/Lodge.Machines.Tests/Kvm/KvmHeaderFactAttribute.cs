using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>A fact about the kernel's headers; skipped where gcc or the headers are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmHeaderFactAttribute : FactAttribute
{
    private const string Compiler = "/usr/bin/gcc";
    private const string Header = "/usr/include/linux/kvm.h";

    public KvmHeaderFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
        => Skip = !OperatingSystem.IsLinux() ? "The header is Linux's."
            : RuntimeInformation.ProcessArchitecture != Architecture.X64 ? "The numbers are those of x86-64."
            : !File.Exists(Compiler) ? $"There is no {Compiler}."
            : !File.Exists(Header) ? $"There is no {Header}."
            : null;
}
