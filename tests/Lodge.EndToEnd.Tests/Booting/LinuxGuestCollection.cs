using Xunit;

namespace Lodge.EndToEnd.Tests;

/// <summary>Tests of booted guests. They run one after the other, so that no two guests boot at once.</summary>
[CollectionDefinition(Name)]
public sealed class LinuxGuestCollection : ICollectionFixture<LinuxGuests>
{
    public const string Name = "Linux guests";
}
