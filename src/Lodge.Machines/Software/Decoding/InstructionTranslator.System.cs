using Iced.Intel;

namespace Lodge.Machines;

/// <content>What kernels use.</content>
internal static unsafe partial class InstructionTranslator
{
    private const int PortInDx = -1;

    private static bool TryTranslateSystem(in Instruction instruction, ref MicroOp op, out bool endsBlock)
    {
        endsBlock = true;
        switch (instruction.Mnemonic)
        {
            case Mnemonic.In:
                op.Immediate = instruction.Op1Kind == OpKind.Immediate8 ? instruction.Immediate8 : PortInDx;
                op.Handler = Handlers.ForSize<ReadPort>(instruction.Op0Register.GetSize());
                return true;
            case Mnemonic.Out:
                op.Immediate = instruction.Op0Kind == OpKind.Immediate8 ? instruction.Immediate8 : PortInDx;
                op.Handler = Handlers.ForSize<WritePort>(instruction.Op1Register.GetSize());
                return true;
            case Mnemonic.Hlt:
                op.Handler = &SystemInstructions.Halt;
                return true;
            case Mnemonic.Int:
                op.Immediate = instruction.Immediate8;
                op.Handler = &SystemInstructions.Interrupt;
                return true;
            case Mnemonic.Int3:
                op.Immediate = (int)ExceptionVector.Breakpoint;
                op.Handler = &SystemInstructions.Interrupt;
                return true;
            case Mnemonic.Int1:
                op.Immediate = (int)ExceptionVector.Debug;
                op.Extra = 1;
                op.Handler = &SystemInstructions.Interrupt;
                return true;
            case Mnemonic.Iret:
                op.Address |= AddressTraits.Stack;
                op.Handler = &SystemInstructions.InterruptReturn16;
                return true;
            case Mnemonic.Iretd:
                op.Address |= AddressTraits.Stack;
                op.Handler = &SystemInstructions.InterruptReturn32;
                return true;
            case Mnemonic.Iretq:
                op.Address |= AddressTraits.Stack;
                op.Handler = &SystemInstructions.InterruptReturn64;
                return true;
            case Mnemonic.Popf or Mnemonic.Popfq:
                op.Address |= AddressTraits.Stack;
                op.Handler = Handlers.ForSize<PopFlags>(instruction.Code == Code.Popfw ? 2 : 8);
                return true;
            case Mnemonic.Syscall:
                op.Handler = &SystemInstructions.Syscall;
                return true;
            case Mnemonic.Sysret or Mnemonic.Sysretq:
                op.Extra = instruction.Mnemonic == Mnemonic.Sysretq ? (byte)1 : (byte)0;
                op.Handler = &SystemInstructions.Sysret;
                return true;
            case Mnemonic.Retf:
                op.Address |= AddressTraits.Stack;
                op.Extra = SizeOfFarReturn(instruction.Code);
                op.Immediate = instruction.OpCount != 0 ? instruction.Immediate16 : 0;
                op.Handler = &SystemInstructions.ReturnFar;
                return true;
            case Mnemonic.Jmp when instruction.IsJmpFarIndirect:
                return FarBranch(instruction, ref op, isCall: false);
            case Mnemonic.Call when instruction.IsCallFarIndirect:
                return FarBranch(instruction, ref op, isCall: true);
            case Mnemonic.Cli:
                op.Handler = &SystemInstructions.ClearInterrupts;
                endsBlock = false;
                return true;
            case Mnemonic.Sti:
                op.Handler = &SystemInstructions.SetInterrupts;
                return true;
            case Mnemonic.Stac or Mnemonic.Clac:
                op.Extra = instruction.Mnemonic == Mnemonic.Stac ? (byte)1 : (byte)0;
                op.Handler = &SystemInstructions.ChangeAlignmentCheck;
                return true;
            case Mnemonic.Wrmsr:
                op.Handler = &SystemInstructions.WriteMsr;
                return true;
            case Mnemonic.Rdtsc or Mnemonic.Rdtscp:
                op.Extra = instruction.Mnemonic == Mnemonic.Rdtscp ? (byte)1 : (byte)0;
                op.Handler = &SystemInstructions.ReadTimeStamp;
                return true;
            case Mnemonic.Invlpg:
                op.Handler = &SystemInstructions.InvalidatePage;
                return true;
            case Mnemonic.Mov:
                return TryTranslateSystemMove(instruction, ref op, out endsBlock);
            case Mnemonic.Ud2 or Mnemonic.Ud1 or Mnemonic.Ud0:
                op.Handler = &SystemInstructions.Undefined;
                return true;
            case Mnemonic.Rdpmc:
                op.Handler = &SystemInstructions.Forbidden;
                return true;
            case Mnemonic.Clflush:
                endsBlock = false;
                op.Handler = &SystemInstructions.FlushLine;
                return true;
            case Mnemonic.Rdmsr:
                op.Handler = &SystemInstructions.ReadMsr;
                return true;
            case Mnemonic.Cpuid:
                endsBlock = false;
                op.Handler = &SystemInstructions.Identify;
                return true;
            case Mnemonic.Swapgs:
                endsBlock = false;
                op.Handler = &SystemInstructions.SwapGs;
                return true;
            case Mnemonic.Clts:
                endsBlock = false;
                op.Handler = &SystemInstructions.ClearTaskSwitched;
                return true;
            case Mnemonic.Invd or Mnemonic.Wbinvd:
                endsBlock = false;
                op.Handler = &SystemInstructions.NothingInKernel;
                return true;
            default:
                endsBlock = false;
                return TryTranslateChecks(instruction, ref op)
                    || TryTranslateTables(instruction, ref op)
                    || TryTranslateSegments(instruction, ref op);
        }
    }

    private static bool FarBranch(in Instruction instruction, ref MicroOp op, bool isCall)
    {
        op.Extra = (byte)(instruction.MemorySize.GetSize() - 2);
        op.Source = isCall ? (byte)1 : (byte)0;
        op.Handler = &SystemInstructions.JumpFar;
        return true;
    }

    private static byte SizeOfFarReturn(Code code) => code switch
    {
        Code.Retfw or Code.Retfw_imm16 => 2,
        Code.Retfd or Code.Retfd_imm16 => 4,
        _ => 8,
    };

    private static bool TryTranslateSystemMove(in Instruction instruction, ref MicroOp op, out bool endsBlock)
    {
        endsBlock = true;
        if (instruction.Op1Kind == OpKind.Register && instruction.Op1Register.IsCR())
        {
            endsBlock = false;
            op.Destination = OffsetOf(instruction.Op0Register);
            op.Extra = (byte)(instruction.Op1Register - Register.CR0);
            op.Handler = &SystemInstructions.ReadControl;
            return true;
        }

        if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsCR())
        {
            op.Source = OffsetOf(instruction.Op1Register);
            op.Extra = (byte)(instruction.Op0Register - Register.CR0);
            op.Handler = &SystemInstructions.WriteControl;
            return true;
        }

        if (instruction.Op1Kind == OpKind.Register && instruction.Op1Register.IsDR())
        {
            endsBlock = false;
            op.Destination = OffsetOf(instruction.Op0Register);
            op.Extra = (byte)(instruction.Op1Register - Register.DR0);
            op.Handler = op.Extra < 8 ? &SystemInstructions.ReadDebug : &SystemInstructions.Undefined;
            return true;
        }

        if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsDR())
        {
            op.Source = OffsetOf(instruction.Op1Register);
            op.Extra = (byte)(instruction.Op0Register - Register.DR0);
            op.Handler = op.Extra < 8 ? &SystemInstructions.WriteDebug : &SystemInstructions.Undefined;
            endsBlock = false;
            return true;
        }

        return TryTranslateSegmentMove(instruction, ref op, out endsBlock);
    }

    private static bool TryTranslateSegmentMove(in Instruction instruction, ref MicroOp op, out bool endsBlock)
    {
        endsBlock = false;
        if (instruction.Op1Kind == OpKind.Register && instruction.Op1Register.IsSegmentRegister())
        {
            op.Extra = (byte)(instruction.Op1Register - Register.ES);
            if (instruction.Op0Kind == OpKind.Memory)
            {
                op.Handler = &SegmentInstructions.MoveToMemory;
                return true;
            }

            op.Destination = OffsetOf(instruction.Op0Register);
            op.Handler = Handlers.ForSize<MoveFromSegment>(instruction.Op0Register.GetSize());
            return true;
        }

        if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsSegmentRegister())
        {
            op.Extra = (byte)(instruction.Op0Register - Register.ES);
            if (op.Extra == (byte)SegmentName.Cs)
                return false;

            endsBlock = op.Extra == (byte)SegmentName.Ss;
            if (instruction.Op1Kind == OpKind.Memory)
            {
                op.Handler = &SegmentInstructions.MoveFromMemory;
                return true;
            }

            op.Source = OffsetOf(instruction.Op1Register);
            op.Handler = &SegmentInstructions.MoveFromRegister;
            return true;
        }

        return false;
    }

    private static bool TryTranslateTables(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Lgdt or Mnemonic.Lidt:
                op.Extra = instruction.Mnemonic == Mnemonic.Lidt ? (byte)1 : (byte)0;
                op.Handler = &SystemInstructions.LoadTable;
                return true;
            case Mnemonic.Sgdt or Mnemonic.Sidt:
                op.Extra = instruction.Mnemonic == Mnemonic.Sidt ? (byte)1 : (byte)0;
                op.Handler = &SystemInstructions.StoreTable;
                return true;
            case Mnemonic.Ltr or Mnemonic.Lldt:
                op.Extra = instruction.Mnemonic == Mnemonic.Ltr ? (byte)1 : (byte)0;
                if (instruction.Op0Kind == OpKind.Memory)
                {
                    op.Handler = &SystemInstructions.LoadSystemSegmentFromMemory;
                    return true;
                }

                op.Source = OffsetOf(instruction.Op0Register);
                op.Handler = &SystemInstructions.LoadSystemSegment;
                return true;
            case Mnemonic.Smsw:
                return StoreSystem(instruction, ref op, StoreSystemRegister.MachineStatus);
            case Mnemonic.Str:
                return StoreSystem(instruction, ref op, StoreSystemRegister.Task);
            case Mnemonic.Sldt:
                return StoreSystem(instruction, ref op, StoreSystemRegister.LocalTable);
            case Mnemonic.Lmsw:
                if (instruction.Op0Kind == OpKind.Memory)
                {
                    op.Handler = &LoadMachineStatus.FromMemory;
                    return true;
                }

                op.Source = OffsetOf(instruction.Op0Register);
                op.Handler = &LoadMachineStatus.FromRegister;
                return true;
            default:
                return false;
        }
    }

    private static bool TryTranslateChecks(in Instruction instruction, ref MicroOp op)
    {
        byte? check = instruction.Mnemonic switch
        {
            Mnemonic.Verr => CheckSegment.ForReading,
            Mnemonic.Verw => CheckSegment.ForWriting,
            Mnemonic.Lar => CheckSegment.Rights,
            Mnemonic.Lsl => CheckSegment.Limit,
            _ => null,
        };
        if (check is not { } kind)
            return false;

        op.Extra = kind;
        int selector = instruction.OpCount - 1;
        if (selector == 1)
            op.Destination = OffsetOf(instruction.Op0Register);

        int size = selector == 1 ? instruction.Op0Register.GetSize() : 2;
        if (instruction.GetOpKind(selector) == OpKind.Memory)
        {
            op.Immediate = CheckSegment.InMemory;
        }
        else
        {
            op.Source = OffsetOf(instruction.GetOpRegister(selector));
        }

        op.Handler = Handlers.ForSize<CheckSegment>(size);
        return true;
    }

    private static bool StoreSystem(in Instruction instruction, ref MicroOp op, byte which)
    {
        op.Extra = which;
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Handler = &StoreSystemRegister.ToMemory;
            return true;
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = Handlers.ForSize<StoreSystemRegister>(instruction.Op0Register.GetSize());
        return true;
    }

    private static bool TryTranslateSegments(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Rdfsbase or Mnemonic.Rdgsbase:
                op.Destination = OffsetOf(instruction.Op0Register);
                op.Source = RegisterFile.OffsetOf(
                    instruction.Mnemonic == Mnemonic.Rdfsbase ? RegisterFile.FsBase : RegisterFile.GsBase);
                op.Handler = Handlers.ForSize<ReadSegmentBase>(instruction.Op0Register.GetSize());
                return true;
            case Mnemonic.Wrfsbase or Mnemonic.Wrgsbase:
                op.Source = OffsetOf(instruction.Op0Register);
                op.Destination = RegisterFile.OffsetOf(
                    instruction.Mnemonic == Mnemonic.Wrfsbase ? RegisterFile.FsBase : RegisterFile.GsBase);
                op.Handler = Handlers.ForSize<WriteSegmentBase>(instruction.Op0Register.GetSize());
                return true;
            case Mnemonic.Lss or Mnemonic.Lfs or Mnemonic.Lgs:
                op.Extra = (byte)(instruction.Mnemonic switch
                {
                    Mnemonic.Lss => SegmentName.Ss,
                    Mnemonic.Lfs => SegmentName.Fs,
                    _ => SegmentName.Gs,
                });
                op.Immediate = instruction.Op0Register.GetSize();
                op.Destination = OffsetOf(instruction.Op0Register);
                op.Handler = &SegmentInstructions.LoadFarPointer;
                return true;
            default:
                return false;
        }
    }
}
