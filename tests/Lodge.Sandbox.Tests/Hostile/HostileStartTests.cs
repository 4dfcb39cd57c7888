using Lodge.Elf;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Guests that do not come to where they take calls, or say nonsense there: made of one that does, whose first
/// instructions are others.</summary>
public sealed class HostileStartTests
{
    // mov edx, 108; out dx, eax; hlt
    private const string Halt = "ba6c000000eff4";

    [Theory]
    [InlineData("endless loop", "ebfe", Outcomes.TimedOut)]
    [InlineData("hlt", "f4", Outcomes.Crashed)]
    [InlineData("cli, hlt", "faf4", Outcomes.Crashed)]
    [InlineData("no instruction, without an IDT", "0f0b", Outcomes.Crashed)]
    [InlineData("int3", "cc", Outcomes.Crashed)]
    [InlineData("unknown port", "e780", Outcomes.Crashed)]
    [InlineData("read of a port", "e580", Outcomes.Crashed)]
    [InlineData("host call of nothing", "e765", Outcomes.Crashed)]
    [InlineData("log of nothing", "e763", Outcomes.Crashed)]
    [InlineData("endless prints", "e767ebfc", Outcomes.Crashed)]
    [InlineData("endless traces", "e768ebfc", Outcomes.TimedOut)]
    [InlineData("endless aborts of no bytes", "b800000000e766ebfc", Outcomes.TimedOut)]
    [InlineData("abort of one byte, without an end", "b801410000e766ebfc", Outcomes.Aborted)]
    [InlineData("abort", "b80141ff00e766b801ff0000e766", Outcomes.Aborted)]
    [InlineData("stack nowhere", "48bc000000000080000050", Outcomes.Crashed)]
    [InlineData("root nowhere", "31c00f22d8", Outcomes.Crashed)]
    [InlineData("paging off", "0f20c025ffffff7f0f22c0", Outcomes.Crashed)]
    [InlineData("write to the image", "c60425004000000b", Outcomes.Crashed)]
    public void Create_OfAGuestThatDoesNotStart_Fails(string name, string code, Outcomes expected)
    {
        Assert.NotEmpty(name);
        byte[] file = Patched(Convert.FromHexString(code));
        Restrained.Run(() =>
        {
            Exception? failure = Record.Exception(() => Create(file).Dispose());
            Type type = expected switch
            {
                Outcomes.TimedOut => typeof(GuestTimeoutException),
                Outcomes.Aborted => typeof(GuestAbortedException),
                _ => typeof(GuestCrashedException),
            };
            Assert.IsType(type, failure);
        });
    }

    [Theory]
    [InlineData("zero", "0000000000000000")]
    [InlineData("no code", "0010000000000000")]
    [InlineData("heap", "0000020000000000")]
    [InlineData("window", "00f0ffffffffffff")]
    [InlineData("below the window's end", "00efffffffffffff")]
    [InlineData("last byte", "ffffffffffffffff")]
    [InlineData("not canonical", "0000000000008000")]
    [InlineData("nonsense", "efbeaddeefbeadde")]
    public void Call_OfAGuestThatGaveNonsenseAsItsDispatch_IsStopped(string name, string address)
    {
        Assert.NotEmpty(name);
        Restrained.Run(() => AssertNeverReady(Patched(Convert.FromHexString("48b8" + address + Halt))));
    }

    [Theory]
    [InlineData("zero", "0000000000000000")]
    [InlineData("not canonical", "0000000000008000")]
    [InlineData("image", "0050000000000000")]
    [InlineData("beside a multiple of 16", "f7ffffffffffffff")]
    public void Call_OfAGuestThatGaveNonsenseAsItsStack_IsStopped(string name, string pointer)
    {
        Assert.NotEmpty(name);

        // lea rax, [rip]; mov rsp, pointer; halt: a call begins at the latter.
        Restrained.Run(() => AssertNeverReady(Patched(Convert.FromHexString("488d050000000048bc" + pointer + Halt))));
    }

    private static void AssertNeverReady(byte[] file)
    {
        using Sandbox sandbox = Create(file);
        using Snapshot snapshot = sandbox.TakeSnapshot();
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<GuestCrashedException>(() => sandbox.Call("Add", 1, 2));
            Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
            sandbox.Restore(snapshot);
        }

        using Sandbox clone = HostileGuest.Create(snapshot);
        Assert.Throws<GuestCrashedException>(() => clone.Call("Add", 1, 2));
    }

    private static Sandbox Create(byte[] file) => Sandbox.Create(file, options =>
    {
        options.Engine = HostileGuest.Engine;
        options.InitializationTimeout = TimeSpan.FromMilliseconds(200);
        options.Limits = new SandboxLimits { PrintedBytesPerCall = 100 };
    });

    private static byte[] Patched(byte[] code)
    {
        byte[] file = File.ReadAllBytes(HostileGuest.Path);
        using ElfFile elf = ElfFile.FromBytes(file);
        foreach (ElfSegment segment in elf.Segments)
        {
            if (segment.Type == ElfSegmentType.Load && elf.Entry - segment.VirtualAddress < segment.FileSize)
            {
                code.CopyTo(file, (int)(segment.FileOffset + elf.Entry - segment.VirtualAddress));
                return file;
            }
        }

        throw new InvalidDataException("The guest begins nowhere.");
    }
}
