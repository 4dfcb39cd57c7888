using System.Buffers.Binary;

namespace Lodge.Sandbox.Tests;

/// <summary>Messages as an honest guest would write them, to be spoilt.</summary>
internal static class Messages
{
    private const byte HostCall = 2;

    public static byte[] Result(GuestValue value)
    {
        var bytes = new byte[4096];
        return bytes[..new MessageWriter(bytes).WriteResult(value)];
    }

    public static byte[] Error(ulong code, string text)
    {
        var bytes = new byte[4096];
        return bytes[..new MessageWriter(bytes).WriteError((GuestErrorCode)code, text)];
    }

    /// <summary>A call of a function of the host: what the host writes itself, of the other kind.</summary>
    public static byte[] Call(string name, GuestType result, params GuestValue[] arguments)
    {
        var bytes = new byte[(256 << 10) + (4 * name.Length) + arguments.Sum(static argument => argument.ToString().Length)];
        int length = new MessageWriter(bytes).WriteCall(name, arguments, result);
        int root = 4 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        bytes[root + 12] = HostCall;
        return bytes[..length];
    }

    /// <summary>A log record of which all texts are the same one.</summary>
    public static byte[] Log(string text, byte level = 3)
    {
        const int Vtable = 8;
        const int Table = 24;
        const int Texts = Table + 28;
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        var bytes = new byte[(Texts + 4 + utf8.Length + 4) & ~3];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - 4);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Table - 4);
        ushort[] vtable = [16, 28, 4, 8, 24, 12, 16, 20];
        for (int i = 0; i < vtable.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(Vtable + (2 * i)), vtable[i]);

        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Table), Table - Vtable);
        foreach (int at in new[] { 4, 8, 12, 16 })
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Table + at), Texts - Table - at);

        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Table + 20), 7);
        bytes[Table + 24] = level;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Texts), utf8.Length);
        utf8.CopyTo(bytes, Texts + 4);
        return bytes;
    }
}
