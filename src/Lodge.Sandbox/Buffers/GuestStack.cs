using System.Buffers.Binary;

namespace Lodge.Sandbox;

/// <summary>A buffer between host and guest: a stack of messages in memory that both write.</summary>
/// <remarks>
/// <code>
/// 0        8                                        stack pointer
/// | u64 SP | message ... u64 0x8 | message ... u64 | free
/// </code>
/// The first word is the stack pointer, in bytes from the buffer's start, 8 when the stack is empty. Behind each message is
/// where it begins. All of it is the guest's work as soon as the guest has run: nothing is taken on trust, each word is read
/// once, and a message is copied out before it is looked at.
/// </remarks>
internal sealed class GuestStack
{
    /// <summary>The stack pointer of an empty stack.</summary>
    public const ulong Empty = WordBytes;

    private const int WordBytes = 8;

    private readonly MemoryRegion _region;
    private readonly ulong _offset;
    private readonly string _name;

    /// <summary>A buffer in a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="range">Where the buffer is, in guest-physical addresses.</param>
    /// <param name="name">What it is, for messages.</param>
    public GuestStack(MemoryRegion region, GuestRange range, string name)
    {
        _region = region;
        _offset = range.Start - region.Start;
        _name = name;
        Size = range.Length;
    }

    /// <summary>The buffer's size in bytes.</summary>
    public ulong Size { get; }

    /// <summary>The longest message that it has room for, in bytes.</summary>
    public int MostMessageBytes => (int)Math.Min(Size - (2 * WordBytes), int.MaxValue);

    /// <summary>The longest message that there is room for now, in bytes; less than 0 where there is none.</summary>
    /// <exception cref="ProtocolException">The guest has damaged the buffer.</exception>
    public long RoomForMessage => (long)(Size - ReadPointer(Slice())) - WordBytes;

    /// <summary>Whether there is no message.</summary>
    public bool IsEmpty => Slice().Read<ulong>(0) == Empty;

    /// <summary>Puts a message on top.</summary>
    /// <exception cref="ProtocolException">The guest has damaged the buffer, or left no room.</exception>
    public void Push(ReadOnlySpan<byte> message)
    {
        GuestSlice slice = Slice();
        ulong pointer = ReadPointer(slice);
        ulong needed = (ulong)message.Length + WordBytes;
        if (needed > Size - pointer)
            ProtocolException.Throw($"The {_name} has 0x{Size - pointer:x} bytes left, and a message needs 0x{needed:x}.");

        slice.CopyFrom(pointer, message);
        slice.Write(pointer + (ulong)message.Length, pointer);
        slice.Write(0, pointer + needed);
    }

    /// <summary>Takes the top message.</summary>
    /// <param name="message">Where it goes, its size prefix first; at least <see cref="MostMessageBytes"/>.</param>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="ProtocolException">There is none, or the guest has damaged the buffer.</exception>
    public int Pop(Span<byte> message)
    {
        GuestSlice slice = Slice();
        ulong pointer = ReadPointer(slice);
        if (pointer < Empty + WordBytes)
            ProtocolException.Throw($"The {_name} has no message: its stack pointer is 0x{pointer:x}.");

        ulong back = slice.Read<ulong>(pointer - WordBytes);
        if (back < Empty || back > pointer - (2 * WordBytes))
        {
            ProtocolException.Throw(
                $"The top message of the {_name} begins at 0x{back:x}, and ends before 0x{pointer - WordBytes:x}.");
        }

        ulong room = pointer - WordBytes - back;
        ulong length = (ulong)slice.Read<uint>(back) + sizeof(uint);
        if (length > room || length > (ulong)message.Length)
        {
            ProtocolException.Throw(
                $"The top message of the {_name} says that it has 0x{length:x} bytes, and there are 0x{room:x}.");
        }

        // Its size again, as it was when it was checked: the guest may have changed it meanwhile.
        Span<byte> copy = message[..(int)length];
        slice.CopyTo(back, copy);
        BinaryPrimitives.WriteUInt32LittleEndian(copy, (uint)(length - sizeof(uint)));
        slice.Slice(back, pointer - back).Fill(0);
        slice.Write(0, back);
        return (int)length;
    }

    private ulong ReadPointer(GuestSlice slice)
    {
        ulong pointer = slice.Read<ulong>(0);
        if (pointer < Empty || pointer > Size)
            ProtocolException.Throw($"The stack pointer of the {_name} is 0x{pointer:x}, outside of its 0x{Size:x} bytes.");

        return pointer;
    }

    private GuestSlice Slice() => _region.GetSlice(_offset, Size, MemoryAccess.ReadWrite);
}
