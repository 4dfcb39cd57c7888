using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;

namespace Lodge.Machines;

/// <summary>The methods that compiled code calls.</summary>
internal static class ProcessorMethods
{
    public static readonly MethodInfo GetOps = Get(typeof(CompiledRegion), "get_Ops");
    public static readonly MethodInfo Execute = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.Execute));
    public static readonly MethodInfo SetStopPlace = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.SetStopPlace));
    public static readonly MethodInfo Read = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.Read));
    public static readonly MethodInfo ReadForWrite = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.ReadForWrite));
    public static readonly MethodInfo Write = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.Write));
    public static readonly MethodInfo Slow = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.Slow));
    public static readonly MethodInfo Holds = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.Holds));
    public static readonly MethodInfo Carry = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.Carry));
    public static readonly MethodInfo HighProduct = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.HighProduct));
    public static readonly MethodInfo HighSignedProduct = Get(typeof(CompiledHelpers), nameof(CompiledHelpers.HighSignedProduct));
    public static readonly MethodInfo ApplyFlags = Get(typeof(CompiledFlags), nameof(CompiledFlags.Apply));
    public static readonly MethodInfo Swap32 = Get(
        typeof(BinaryPrimitives), nameof(BinaryPrimitives.ReverseEndianness), typeof(uint));

    public static readonly MethodInfo Swap64 = Get(
        typeof(BinaryPrimitives), nameof(BinaryPrimitives.ReverseEndianness), typeof(ulong));

    public static readonly MethodInfo RotateLeft32 = Get(
        typeof(BitOperations), nameof(BitOperations.RotateLeft), typeof(uint), typeof(int));

    public static readonly MethodInfo RotateLeft64 = Get(
        typeof(BitOperations), nameof(BitOperations.RotateLeft), typeof(ulong), typeof(int));

    public static readonly MethodInfo RotateRight32 = Get(
        typeof(BitOperations), nameof(BitOperations.RotateRight), typeof(uint), typeof(int));

    public static readonly MethodInfo RotateRight64 = Get(
        typeof(BitOperations), nameof(BitOperations.RotateRight), typeof(ulong), typeof(int));

    private static MethodInfo Get(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type, string name)
        => type.GetMethod(name, BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public)
            ?? throw new MissingMethodException(type.Name, name);

    private static MethodInfo Get(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type,
        string name,
        params Type[] parameters)
        => type.GetMethod(name, BindingFlags.Static | BindingFlags.Public, parameters)
            ?? throw new MissingMethodException(type.Name, name);
}
