namespace Lodge.Machines;

/// <summary>What is to be compiled: blocks that were executed, the head first.</summary>
internal sealed record RegionSource(CodeBlock Head, RegionBlock[] Blocks, RegionPage[] Pages);
