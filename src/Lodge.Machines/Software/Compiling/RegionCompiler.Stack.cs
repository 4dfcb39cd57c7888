using System.Reflection.Emit;
using Iced.Intel;

namespace Lodge.Machines;

/// <content>The stack.</content>
internal sealed partial class RegionCompiler
{
    private void EmitPush(in Instruction code, LocalBuilder value)
    {
        LocalBuilder stack = LocalOf(Register.RSP);
        _il.Emit(OpCodes.Ldloc, stack);
        LoadConstant(8);
        _il.Emit(OpCodes.Sub);
        LocalBuilder address = StoreNew(8);
        StoreMemory(code, address, value, 8);
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Stloc, stack);
    }

    private void EmitPop(in Instruction code)
    {
        LocalBuilder stack = LocalOf(Register.RSP);
        _il.Emit(OpCodes.Ldloc, stack);
        LocalBuilder address = StoreNew(8);
        LoadMemory(code, address, 8);
        LocalBuilder value = StoreNew(8);

        // RSP first: pop rsp gives what was read.
        MoveStack(address, 8);
        _il.Emit(OpCodes.Ldloc, value);
        StoreRegister(code.Op0Register);
    }

    private void EmitLeaveFrame(in Instruction code)
    {
        _il.Emit(OpCodes.Ldloc, LocalOf(Register.RBP));
        LocalBuilder address = StoreNew(8);
        LoadMemory(code, address, 8);
        StoreRegister(Register.RBP);
        MoveStack(address, 8);
    }

    private void MoveStack(LocalBuilder from, ulong bytes)
    {
        _il.Emit(OpCodes.Ldloc, from);
        LoadConstant(bytes);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, LocalOf(Register.RSP));
    }
}
