using System.Buffers.Binary;

namespace Lodge.Machines.Tests;

/// <summary>The descriptors of a <see cref="BareGuest"/>, as bytes (Intel SDM, volume 3, 3.4.5, 7.7 and 6.14.1).</summary>
internal static class GuestDescriptors
{
    public const ushort KernelCode = 0x08;
    public const ushort KernelData = 0x10;
    public const ushort UserData = 0x20 | 3;
    public const ushort UserCode = 0x28 | 3;
    public const ushort TaskState = 0x30;

    public const int GateBytes = 16;
    public const uint TaskStateLimit = 0x67;

    /// <summary>Null, code and data of ring 0, a free one, data and code of ring 3 in the order that <c>sysret</c> wants, and a
    /// task state in use.</summary>
    public static byte[] Gdt(ulong taskState) => Words(
        0,
        0x00AF_9B00_0000_FFFF,
        0x00CF_9300_0000_FFFF,
        0,
        0x00CF_F300_0000_FFFF,
        0x00AF_FB00_0000_FFFF,
        TaskStateLimit | ((taskState & 0xFF_FFFF) << 16) | (0x8BUL << 40) | ((taskState >> 24 & 0xFF) << 56),
        taskState >> 32);

    /// <summary>A gate that interrupts off go with.</summary>
    public static byte[] InterruptGate(ulong handler, int stack = 0, int ring = 0, ushort selector = KernelCode) => Words(
        (handler & 0xFFFF) | ((ulong)selector << 16) | ((ulong)stack << 32) | ((0x8EUL | ((ulong)ring << 5)) << 40)
            | ((handler >> 16 & 0xFFFF) << 48),
        handler >> 32);

    /// <summary>A task state without I/O permissions.</summary>
    public static byte[] TaskStateSegment(ulong ring0Stack, ulong interruptStack)
    {
        byte[] bytes = new byte[TaskStateLimit + 1];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), ring0Stack);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(36), interruptStack);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(102), (ushort)bytes.Length);
        return bytes;
    }

    private static byte[] Words(params ReadOnlySpan<ulong> words)
    {
        byte[] bytes = new byte[words.Length * 8];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), words[i]);

        return bytes;
    }
}
