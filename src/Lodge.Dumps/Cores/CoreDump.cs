namespace Lodge.Dumps;

/// <summary>Writes a machine down as a core dump of a Linux process: 64-bit ELF for x86-64, which gdb and readelf open.</summary>
/// <remarks>
/// <para>It has the virtual memory of the first processor: a PT_LOAD segment for neighbouring pages of equal rights, and the
/// registers of all processors as those of threads. Pages whose tables lead to where there is no memory are left out; where the
/// rest does not fit into the limits, a note says so.</para>
/// <para>Notes of the owner <c>LODGE</c> hold what processes have not: type 0x4C4F4401 why the machine stopped and 0x4C4F4403
/// what is missing, as UTF-8; type 0x4C4F4402 the system registers of a processor, after its NT_PRSTATUS: CR0, CR2, CR3, CR4,
/// EFER, base and limit of GDT and of IDT, each in 8 bytes.</para>
/// <para>Several threads may write dumps; the machine must not run meanwhile.</para>
/// </remarks>
public static class CoreDump
{
    private const int BufferBytes = 64 << 10;
    private const ulong PageBytes = 4096;

    /// <summary>Writes a core dump to a stream, from where it is. Where the stream can seek and ends there, blocks of zeros are
    /// skipped, so that they take no room in a file.</summary>
    /// <param name="image">The machine.</param>
    /// <param name="stream">Where it goes.</param>
    /// <param name="options">Limits, program and cause.</param>
    /// <param name="cancellationToken">Says that it is to be stopped; what was written by then is no whole file.</param>
    /// <exception cref="ArgumentException">The state of a processor's FPU has another size than it may have.</exception>
    /// <exception cref="IOException">The stream does not take it.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static CoreDumpResult Write(
        IMemoryImage image, Stream stream, CoreDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(stream);
        options ??= CoreDumpOptions.Default;
        RequireFpu(image);
        CorePlan plan = CorePlan.Make(image, options, cancellationToken);
        var writer = new ElfWriter(ElfType.Core, ElfMachine.X64)
        {
            LeavesHoles = stream.CanSeek && stream.Position == stream.Length,
        };
        CoreNotes.AddTo(writer, image, options, plan.Missing);
        foreach (CoreSegment segment in plan.Segments)
        {
            var header = new ElfSegment(
                ElfSegmentType.Load,
                segment.Flags,
                FileOffset: 0,
                FileSize: segment.Range.Length,
                VirtualAddress: segment.Range.Start.Value,
                PhysicalAddress: 0,
                MemorySize: segment.Range.Length,
                Alignment: PageBytes);
            GuestRange range = segment.Range;
            writer.AddSegment(header, content => WriteContent(plan.Virtual!, range, content, cancellationToken));
        }

        long bytes = writer.Write(stream);
        return new CoreDumpResult(bytes, (long)plan.Bytes, plan.Segments.Count, plan.Missing);
    }

    /// <summary>Writes a core dump to a file, which is there when it is whole: it is written under another name beside it and
    /// renamed then, over one that is there already. On Unix only its owner can read it.</summary>
    /// <param name="image">The machine.</param>
    /// <param name="path">The file's path, in a folder that is there.</param>
    /// <param name="options">Limits, program and cause.</param>
    /// <param name="cancellationToken">Says that it is to be stopped; then there is no file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <inheritdoc cref="Write(IMemoryImage, Stream, CoreDumpOptions?, CancellationToken)"/>
    public static CoreDumpResult Write(
        IMemoryImage image, string path, CoreDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new PendingFile(path);
        CoreDumpResult result = Write(image, file.Stream, options, cancellationToken);
        file.Commit();
        return result;
    }

    private static void RequireFpu(IMemoryImage image)
    {
        foreach (X64ProcessorState processor in image.Processors)
        {
            if (processor.Fpu.Length is not 0 and not X64ProcessorState.FpuBytes)
            {
                throw new ArgumentException(
                    $"The state of an FPU has {processor.Fpu.Length} bytes; it has {X64ProcessorState.FpuBytes}, or none.",
                    nameof(image));
            }
        }
    }

    private static void WriteContent(PagedMemory memory, GuestRange range, Stream content, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        for (ulong done = 0; done < range.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(range.Length - done, BufferBytes));
            for (int filled = 0; filled < piece.Length;)
            {
                filled += memory.Read(range.Start + (done + (ulong)filled), piece[filled..]);
                if (filled == piece.Length)
                    break;

                // It was there when the segments were decided on: whoever took it away has left zeros, and the rest is in place.
                int end = (int)Math.Min((ulong)piece.Length, ((ulong)filled & ~(PageBytes - 1)) + PageBytes);
                piece[filled..end].Clear();
                filled = end;
            }

            content.Write(piece);
            done += (ulong)piece.Length;
        }
    }
}
