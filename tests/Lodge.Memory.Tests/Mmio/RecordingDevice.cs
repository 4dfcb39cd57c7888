namespace Lodge.Memory.Tests;

/// <summary>A device that answers every read with the same value and notes what it was asked.</summary>
internal sealed class RecordingDevice(ulong answer = 0xfedc_ba98_7654_3210) : IMmioDevice
{
    public List<(bool IsWrite, ulong Offset, int Size, ulong Value)> Calls { get; } = [];

    public ulong Read(ulong offset, int size)
    {
        Calls.Add((false, offset, size, 0));
        return answer;
    }

    public void Write(ulong offset, int size, ulong value) => Calls.Add((true, offset, size, value));
}
