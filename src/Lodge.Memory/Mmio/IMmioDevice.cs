namespace Lodge.Memory;

/// <summary>A device whose registers are addresses.</summary>
/// <remarks>The bus has checked that an access lies inside of the device's range and has a size and alignment that the device was
/// registered with. Calls come from any thread, several at once.</remarks>
public interface IMmioDevice
{
    /// <summary>The guest reads.</summary>
    /// <param name="offset">Where, in bytes from the start of the device's range.</param>
    /// <param name="size">1, 2, 4 or 8 bytes.</param>
    /// <returns>The value; what is above <paramref name="size"/> bytes is dropped.</returns>
    ulong Read(ulong offset, int size);

    /// <summary>The guest writes.</summary>
    /// <param name="offset">Where, in bytes from the start of the device's range.</param>
    /// <param name="size">1, 2, 4 or 8 bytes.</param>
    /// <param name="value">The value; what is above <paramref name="size"/> bytes is zero.</param>
    void Write(ulong offset, int size, ulong value);
}
