namespace Lodge.EndToEnd.Tests;

/// <summary>The guest's whole user space: busybox, and a first program that says when all is there and then computes for
/// ever.</summary>
/// <remarks>Before, it clears its pages' accessed bits: Linux maps pages with the bit set. Few of them are used
/// again.</remarks>
internal static class InitialRamDisk
{
    /// <summary>What the guest prints when all its processes are there.</summary>
    public const string ReadyMarker = "LODGE-READY";

    private static ReadOnlySpan<byte> Init =>
        """
        #!/bin/busybox sh
        /bin/busybox mount -t proc proc /proc
        for i in 1 2 3 4; do
            /bin/busybox sleep 1000000 &
        done
        echo 1 > /proc/1/clear_refs
        echo LODGE-READY
        while :; do :; done

        """u8;

    public static byte[] Build(string busyboxPath)
    {
        var archive = new CpioArchive();
        archive.AddDirectory("bin");
        archive.AddDirectory("dev");
        archive.AddDirectory("proc");
        archive.AddCharacterDevice("dev/console", 5, 1);
        archive.AddCharacterDevice("dev/null", 1, 3);
        archive.AddProgram("bin/busybox", File.ReadAllBytes(busyboxPath));
        archive.AddProgram("init", Init);
        return archive.Finish();
    }
}
