using Microsoft.Extensions.Logging;

namespace Lodge.Machines;

/// <summary>What is to be compiled: blocks that were executed, the head first.</summary>
/// <param name="Head">The block that begins with it.</param>
/// <param name="Blocks">The blocks.</param>
/// <param name="Pages">The pages that they lie on.</param>
/// <param name="Logger">Who is told where that fails.</param>
internal sealed record RegionSource(CodeBlock Head, RegionBlock[] Blocks, RegionPage[] Pages, ILogger? Logger);
