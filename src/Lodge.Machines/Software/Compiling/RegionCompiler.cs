using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Iced.Intel;
using Label = System.Reflection.Emit.Label;

namespace Lodge.Machines;

/// <summary>Compiles a region to IL.</summary>
/// <remarks>
/// <para>The guest's registers are locals, which the JIT keeps in the host's: they are loaded when the region is entered and
/// stored when it is left. An access to memory looks into the TLB as the interpreter does, and where that misses calls the
/// interpreter's slow path, which may leave the region.</para>
/// <para>Flags are not computed: what instructions do to them is noted, and done where somebody looks, mostly never. A branch
/// behind a comparison compares the operands.</para>
/// <para>What is not compiled here is done by the interpreter's own code, called in the middle, or where it ends a block, after
/// the region is left.</para>
/// </remarks>
[RequiresDynamicCode("Compiles to IL.")]
internal sealed partial class RegionCompiler
{
    private readonly RegionSource _source;
    private readonly CompiledRegion _region;
    private readonly ILGenerator _il;
    private readonly DynamicMethod _method;
    private readonly List<RegionInstruction[]> _code = [];
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Label[] _labels;
    private readonly LocalBuilder?[] _registers = new LocalBuilder?[16];
    private readonly LocalBuilder _reads;
    private readonly LocalBuilder _writes;
    private readonly LocalBuilder _executed;
    private readonly LocalBuilder _rip;
    private readonly LocalBuilder _how;
    private readonly Label _leave;
    private readonly List<Action> _cold = [];
    private readonly List<MicroOp> _ops = [];
    private uint _written;

    // Where the emitter is.
    private int _block;
    private int _index;

    private RegionCompiler(RegionSource source)
    {
        _source = source;
        int longest = 0;
        foreach (RegionBlock block in source.Blocks)
            longest += block.Count;

        _region = new CompiledRegion(source.Head, source.Pages, longest);
        _method = new DynamicMethod(
            $"guest_{source.Head.Start:x}", typeof(BlockExit), [typeof(CompiledRegion), typeof(Processor)],
            typeof(Processor).Module, skipVisibility: true);
        _il = _method.GetILGenerator();
        _labels = new Label[source.Blocks.Length];
        _reads = _il.DeclareLocal(typeof(ulong));
        _writes = _il.DeclareLocal(typeof(ulong));
        _executed = _il.DeclareLocal(typeof(ulong));
        _rip = _il.DeclareLocal(typeof(ulong));
        _how = _il.DeclareLocal(typeof(int));
        _leave = _il.DefineLabel();
    }

    /// <summary>Compiles a region.</summary>
    public static CompiledRegion Compile(RegionSource source)
    {
        var compiler = new RegionCompiler(source);
        compiler.Emit();
        compiler._region.Ops = [.. compiler._ops];
        compiler._region.Code = compiler._method.CreateDelegate<CompiledCode>(compiler._region);

        // Here, and not where it is called first.
        RuntimeHelpers.PrepareDelegate(compiler._region.Code);
        return compiler._region;
    }

    private void Emit()
    {
        Decode();
        DeclareRegisters();
        EmitEntry();
        for (_block = 0; _block < _code.Count; _block++)
            EmitBlock();

        // What is rarely executed lies behind everything else.
        for (int cold = 0; cold < _cold.Count; cold++)
            _cold[cold]();

        EmitLeave();
    }

    private void Decode()
    {
        for (int number = 0; number < _source.Blocks.Length; number++)
        {
            RegionBlock block = _source.Blocks[number];
            _numbers[block.Start] = number;
            _labels[number] = _il.DefineLabel();
            var decoder = Decoder.Create(64, block.Bytes, block.Start);
            var instructions = new RegionInstruction[block.Count];
            for (int index = 0; index < instructions.Length; index++)
                instructions[index] = Next(decoder, block);

            _code.Add(instructions);
        }
    }

    private static RegionInstruction Next(Decoder decoder, RegionBlock block)
    {
        int offset = (int)(decoder.IP - block.Start);
        return RegionInstruction.From(decoder.Decode(), block.Bytes.AsSpan(offset));
    }

    /// <summary>A local for each register that the region names.</summary>
    private void DeclareRegisters()
    {
        var factory = new InstructionInfoFactory();
        foreach (RegionInstruction[] block in _code)
        {
            foreach (RegionInstruction instruction in block)
            {
                foreach (UsedRegister used in factory.GetInfo(instruction.Code).GetUsedRegisters())
                {
                    if (!used.Register.IsGPR())
                        continue;

                    int number = used.Register.GetFullRegister() - Register.RAX;
                    _registers[number] ??= _il.DeclareLocal(typeof(ulong));
                    if (used.Access is not (OpAccess.Read or OpAccess.CondRead))
                        _written |= 1u << number;
                }
            }
        }
    }

    private void EmitEntry()
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, ProcessorFields.ReadEntries);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Stloc, _reads);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, ProcessorFields.WriteEntries);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Stloc, _writes);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, ProcessorFields.Executed);
        _il.Emit(OpCodes.Stloc, _executed);
        LoadRegisters();
    }

    private void LoadRegisters()
    {
        for (int number = 0; number < _registers.Length; number++)
        {
            if (_registers[number] is not { } local)
                continue;

            LoadRegisterAddress(number);
            _il.Emit(OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Stloc, local);
        }
    }

    private void StoreRegisters()
    {
        for (int number = 0; number < _registers.Length; number++)
        {
            if ((_written & (1u << number)) == 0)
                continue;

            LoadRegisterAddress(number);
            _il.Emit(OpCodes.Ldloc, _registers[number]!);
            _il.Emit(OpCodes.Stind_I8);
        }
    }

    private void LoadRegisterAddress(int number)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldflda, ProcessorFields.Registers);
        _il.Emit(OpCodes.Ldc_I4, (int)RegisterFile.OffsetOf(number));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    private void EmitLeave()
    {
        _il.MarkLabel(_leave);
        StoreRegisters();
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, _executed);
        _il.Emit(OpCodes.Stfld, ProcessorFields.Executed);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, _rip);
        _il.Emit(OpCodes.Stfld, ProcessorFields.Rip);
        _il.Emit(OpCodes.Ldloc, _how);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitBlock()
    {
        RegionInstruction[] block = _code[_block];
        _il.MarkLabel(_labels[_block]);
        _flags.Clear();
        _il.Emit(OpCodes.Ldloc, _executed);
        _il.Emit(OpCodes.Ldc_I4, block.Length);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _executed);
        for (_index = 0; _index < block.Length; _index++)
        {
            RegionInstruction instruction = block[_index];
            if (_index == block.Length - 1 && instruction.EndsBlock)
            {
                EmitEnd(instruction.Code);
                return;
            }

            EmitInstruction(instruction);
        }

        EmitEdge(block[^1].Code.NextIP);
    }

    private void EmitInstruction(in RegionInstruction instruction)
    {
        if (!TryEmitNative(instruction.Code))
            EmitByInterpreter(instruction);
    }

    /// <summary>Calls the interpreter's code for an instruction.</summary>
    private void EmitByInterpreter(in RegionInstruction instruction)
    {
        ApplyFlags();
        StoreRegisters();
        int op = AddOps(instruction.Op, InstructionTranslator.EndOfBlock(0));
        SetBlockStart(instruction.Code.IP);
        _il.Emit(OpCodes.Ldarg_1);
        LoadOp(op);
        _il.Emit(OpCodes.Call, ProcessorMethods.Execute);
        _il.Emit(OpCodes.Stloc, _how);

        // Registers first: what is left of the region stores them again.
        LoadRegisters();
        Label stopped = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _how);
        _il.Emit(OpCodes.Ldc_I4, (int)BlockExit.Stopped);
        _il.Emit(OpCodes.Beq, stopped);
        SlowPlace place = new(instruction.Code.IP, op, [], _code[_block].Length - _index);
        _cold.Add(() => EmitStop(stopped, place));
    }

    private void EmitCountBack(int instructions)
    {
        if (instructions == 0)
            return;

        _il.Emit(OpCodes.Ldloc, _executed);
        _il.Emit(OpCodes.Ldc_I4, instructions);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _executed);
    }

    private void LeaveTo(ulong address, BlockExit how)
    {
        LoadConstant(address);
        _il.Emit(OpCodes.Stloc, _rip);
        Leave(how);
    }

    private void Leave(BlockExit how)
    {
        _il.Emit(OpCodes.Ldc_I4, (int)how);
        _il.Emit(OpCodes.Stloc, _how);
        _il.Emit(OpCodes.Br, _leave);
    }

    private void SetBlockStart(ulong address)
    {
        _il.Emit(OpCodes.Ldarg_1);
        LoadConstant(address);
        _il.Emit(OpCodes.Stfld, ProcessorFields.BlockStart);
    }

    private int AddOps(params ReadOnlySpan<MicroOp> ops)
    {
        int first = _ops.Count;
        _ops.AddRange(ops);
        return first;
    }

    private void LoadOp(int number)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Call, ProcessorMethods.GetOps);
        _il.Emit(OpCodes.Ldc_I4, number);
        _il.Emit(OpCodes.Ldelema, typeof(MicroOp));
    }

    private void LoadConstant(ulong value) => _il.Emit(OpCodes.Ldc_I8, (long)value);
}
