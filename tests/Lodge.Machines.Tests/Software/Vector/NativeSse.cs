using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Iced.Intel;

namespace Lodge.Machines.Tests;

/// <summary>A program that executes SSE instructions on the host, with an MXCSR that .NET does not give access to.</summary>
/// <remarks>It is compiled for the sequences that it is to know. Not thread-safe.</remarks>
internal sealed class NativeSse : IDisposable
{
    private const string Head = """
        #define _GNU_SOURCE
        #include <setjmp.h>
        #include <signal.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <string.h>
        #include <ucontext.h>

        struct question { uint32_t sequence, mxcsr; uint8_t a[16], b[16]; };
        struct answer { uint8_t result[16]; uint32_t mxcsr, trapped; };

        static sigjmp_buf back;
        static volatile uint32_t mxcsr_of_trap;

        static void on_trap(int number, siginfo_t *info, void *context)
        {
            mxcsr_of_trap = ((ucontext_t *)context)->uc_mcontext.fpregs->mxcsr;
            siglongjmp(back, 1);
        }

        #define SEQUENCE(name, bytes) \
            static __attribute__((noinline)) void name(const struct question *q, struct answer *a) \
            { \
                uint32_t usual = 0x1f80; \
                a->mxcsr = q->mxcsr; \
                __asm__ volatile("movdqu %2, %%xmm0\n movdqu %3, %%xmm1\n ldmxcsr %1\n" bytes \
                    "\n stmxcsr %1\n ldmxcsr %4\n movdqu %%xmm0, %0" \
                    : "=m"(a->result), "+m"(a->mxcsr) : "m"(q->a), "m"(q->b), "m"(usual) \
                    : "xmm0", "xmm1", "rax", "cc", "memory"); \
            }

        """;

    private const string Tail = """
        int main(void)
        {
            struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
            struct question q;
            sigaction(SIGFPE, &action, 0);
            while (fread(&q, sizeof q, 1, stdin) == 1) {
                struct answer a;
                memset(&a, 0, sizeof a);
                if (sigsetjmp(back, 1) == 0) {
                    sequences[q.sequence](&q, &a);
                } else {
                    memcpy(a.result, q.a, 16);
                    a.mxcsr = mxcsr_of_trap;
                    a.trapped = 1;
                }
                fwrite(&a, sizeof a, 1, stdout);
            }
            return fflush(stdout);
        }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("lodge-sse-").FullName;

    public NativeSse(IReadOnlyList<Instruction[]> sequences)
    {
        var source = new StringBuilder(Head);
        for (int index = 0; index < sequences.Count; index++)
        {
            IEnumerable<string> bytes = Encode(sequences[index]).Select(value => value.ToString(CultureInfo.InvariantCulture));
            source.AppendLine(CultureInfo.InvariantCulture, $"SEQUENCE(sequence_{index}, \".byte {string.Join(", ", bytes)}\")");
        }

        source.AppendLine("static void (*const sequences[])(const struct question *, struct answer *) = {");
        source.AppendJoin(", ", Enumerable.Range(0, sequences.Count).Select(index => $"sequence_{index}"));
        source.AppendLine("};");
        source.Append(Tail);
        string file = Path.Combine(_folder, "sse.c");
        File.WriteAllText(file, source.ToString());
        HostProgram.Run("gcc", "-O1", "-mno-red-zone", "-o", Path.Combine(_folder, "sse"), file);
    }

    /// <summary>Executes sequences.</summary>
    public IReadOnlyList<Answer> Ask(IReadOnlyList<Question> questions)
    {
        var start = new ProcessStartInfo(Path.Combine(_folder, "sse"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task writing = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(MemoryMarshal.AsBytes(questions.ToArray().AsSpan()));
            process.StandardInput.Close();
        });
        var answers = new Answer[questions.Count];
        process.StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(answers.AsSpan()));
        writing.Wait();
        process.WaitForExit();
        return answers;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Encode(Instruction[] instructions)
    {
        var stream = new MemoryStream();
        var encoder = Iced.Intel.Encoder.Create(64, new StreamCodeWriter(stream));
        foreach (Instruction instruction in instructions)
            encoder.Encode(instruction, 0);

        return stream.ToArray();
    }

    /// <summary>A sequence's number, and the registers that it begins with.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal record struct Question(int Sequence, uint Mxcsr, UInt128 A, UInt128 B);

    /// <summary>XMM0 and MXCSR afterwards, and whether an exception was raised.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal record struct Answer(UInt128 Result, uint Mxcsr, uint Trapped);
}
