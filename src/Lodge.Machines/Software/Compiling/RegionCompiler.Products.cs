using System.Reflection.Emit;
using Iced.Intel;

namespace Lodge.Machines;

/// <content>Products.</content>
internal sealed partial class RegionCompiler
{
    private void EmitSignedMultiply(in Instruction code)
    {
        int bytes = code.Op0Register.GetSize();
        int first = code.OpCount == 3 ? 1 : 0;
        LoadOperand(code, first + 1, bytes);
        LocalBuilder b = StoreNew(bytes);
        LoadOperand(code, first, bytes);
        LocalBuilder a = StoreNew(bytes);
        LocalBuilder result = NewLocal(bytes);
        LocalBuilder wide = NewLocal(bytes);
        if (bytes == 8)
        {
            _il.Emit(OpCodes.Ldloc, a);
            _il.Emit(OpCodes.Ldloc, b);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Stloc, result);

            // Whether the upper half is more than the lower's sign; mostly nobody asks.
            _il.Emit(OpCodes.Ldloc, a);
            _il.Emit(OpCodes.Ldloc, b);
            _il.Emit(OpCodes.Call, ProcessorMethods.HighSignedProduct);
            _il.Emit(OpCodes.Ldloc, result);
            _il.Emit(OpCodes.Ldc_I4, 63);
            _il.Emit(OpCodes.Shr);
            _il.Emit(OpCodes.Xor);
            _il.Emit(OpCodes.Stloc, wide);
        }
        else
        {
            LocalBuilder product = _il.DeclareLocal(typeof(long));
            _il.Emit(OpCodes.Ldloc, a);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Ldloc, b);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Stloc, product);
            _il.Emit(OpCodes.Ldloc, product);
            _il.Emit(OpCodes.Conv_U4);
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Ldloc, product);
            _il.Emit(OpCodes.Ldc_I4, 32);
            _il.Emit(OpCodes.Shr);
            _il.Emit(OpCodes.Conv_U4);
            _il.Emit(OpCodes.Ldloc, result);
            _il.Emit(OpCodes.Ldc_I4, 31);
            _il.Emit(OpCodes.Shr);
            _il.Emit(OpCodes.Xor);
            _il.Emit(OpCodes.Stloc, wide);
        }

        _il.Emit(OpCodes.Ldloc, result);
        StoreRegister(code.Op0Register);
        Note(new FlagAction(FlagActionKind.Product, bytes, wide, B: null, result));
    }

    private void EmitMultiply(in Instruction code)
    {
        LoadOperand(code, 0, 8);
        LocalBuilder b = StoreNew(8);
        LoadRegister(Register.RAX);
        LocalBuilder a = StoreNew(8);
        _il.Emit(OpCodes.Ldloc, a);
        _il.Emit(OpCodes.Ldloc, b);
        _il.Emit(OpCodes.Call, ProcessorMethods.HighProduct);
        LocalBuilder high = StoreNew(8);
        _il.Emit(OpCodes.Ldloc, a);
        _il.Emit(OpCodes.Ldloc, b);
        _il.Emit(OpCodes.Mul);
        LocalBuilder low = StoreNew(8);
        _il.Emit(OpCodes.Ldloc, low);
        StoreRegister(Register.RAX);
        _il.Emit(OpCodes.Ldloc, high);
        StoreRegister(Register.RDX);
        Note(new FlagAction(FlagActionKind.Product, 8, high, B: null, low));
    }
}
