using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>A form of an instruction: what the encoder has to know of its opcode.</summary>
internal sealed class InstructionForm
{
    public InstructionForm(Code code)
    {
        Code = code;
        OpCode = code.ToOpCode();
        Kinds = [.. Enumerable.Range(0, OpCode.OpCount).Select(OpCode.GetOpKind)];
        foreach (OpCodeOperandKind kind in Kinds)
            Add(kind);

        HasModRm |= OpCode.IsGroup || OpCode.IsRmGroup;
    }

    public Code Code { get; }

    public OpCodeInfo OpCode { get; }

    public IReadOnlyList<OpCodeOperandKind> Kinds { get; }

    public bool HasModRm { get; private set; }

    /// <summary>Whether the operand in the ModRM byte's mod and r/m fields can be memory.</summary>
    public bool CanBeMemory { get; private set; }

    /// <summary>Whether it can be a register.</summary>
    public bool CanBeRegister { get; private set; }

    /// <summary>Whether a register is in the opcode's lowest three bits.</summary>
    public bool HasOpCodeRegister { get; private set; }

    /// <summary>Whether a segment register is in ModRM's reg field.</summary>
    public bool HasSegmentRegister { get; private set; }

    /// <summary>Whether memory is accessed that no ModRM byte names, through RSI, RDI, RBX or RSP.</summary>
    public bool HasImplicitMemory { get; private set; }

    /// <summary>Whether an absolute address follows the opcode.</summary>
    public bool HasAbsoluteAddress { get; private set; }

    /// <summary>The sizes of the immediate operands and branch displacements that follow, in bytes.</summary>
    public List<int> Immediates { get; } = [];

    /// <summary>Whether the operand that follows is a branch's displacement.</summary>
    public bool IsRelativeBranch { get; private set; }

    /// <summary>Whether a processor in ring 3 never executes it.</summary>
    public bool IsPrivileged => OpCode.IsPrivileged || OpCode.MustBeCpl0;

    public override string ToString() => Code.ToString();

    private void Add(OpCodeOperandKind kind)
    {
        switch (kind)
        {
            case OpCodeOperandKind.mem:
                HasModRm = CanBeMemory = true;
                break;
            case OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem
                or OpCodeOperandKind.r64_or_mem or OpCodeOperandKind.xmm_or_mem:
                HasModRm = CanBeMemory = CanBeRegister = true;
                break;
            case OpCodeOperandKind.r16_rm or OpCodeOperandKind.r32_rm or OpCodeOperandKind.r64_rm or OpCodeOperandKind.xmm_rm:
                HasModRm = CanBeRegister = true;
                break;
            case OpCodeOperandKind.seg_reg:
                HasModRm = HasSegmentRegister = true;
                break;
            case OpCodeOperandKind.r8_reg or OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_reg_mem
                or OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_reg_mem
                or OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_reg_mem
                or OpCodeOperandKind.xmm_reg or OpCodeOperandKind.cr_reg or OpCodeOperandKind.dr_reg:
                HasModRm = true;
                break;
            case OpCodeOperandKind.r8_opcode or OpCodeOperandKind.r16_opcode or OpCodeOperandKind.r32_opcode
                or OpCodeOperandKind.r64_opcode:
                HasOpCodeRegister = true;
                break;
            case OpCodeOperandKind.imm8 or OpCodeOperandKind.imm8sex16 or OpCodeOperandKind.imm8sex32
                or OpCodeOperandKind.imm8sex64:
                Immediates.Add(1);
                break;
            case OpCodeOperandKind.imm16:
                Immediates.Add(2);
                break;
            case OpCodeOperandKind.imm32 or OpCodeOperandKind.imm32sex64:
                Immediates.Add(4);
                break;
            case OpCodeOperandKind.imm64:
                Immediates.Add(8);
                break;
            case OpCodeOperandKind.br64_1:
                Immediates.Add(1);
                IsRelativeBranch = true;
                break;
            case OpCodeOperandKind.br64_4:
                Immediates.Add(4);
                IsRelativeBranch = true;
                break;
            case OpCodeOperandKind.mem_offs:
                HasAbsoluteAddress = true;
                break;
            case OpCodeOperandKind.seg_rSI or OpCodeOperandKind.es_rDI or OpCodeOperandKind.seg_rDI
                or OpCodeOperandKind.seg_rBX_al:
                HasImplicitMemory = true;
                break;
            case OpCodeOperandKind.al or OpCodeOperandKind.cl or OpCodeOperandKind.ax or OpCodeOperandKind.dx
                or OpCodeOperandKind.eax or OpCodeOperandKind.rax or OpCodeOperandKind.imm8_const_1 or OpCodeOperandKind.fs
                or OpCodeOperandKind.gs:
                break;
            default:
                throw new NotSupportedException($"{Code} has an operand of the kind {kind}.");
        }
    }
}
