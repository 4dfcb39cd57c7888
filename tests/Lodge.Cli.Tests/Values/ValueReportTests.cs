namespace Lodge.Cli.Tests;

public class ValueReportTests
{
    public static TheoryData<GuestType> Types => [.. Enum.GetValues<GuestType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Names_OfTypes_AreThoseOfTheCommandLine(GuestType type)
    {
        string name = ValueReport.NameOf(type);
        string content = type switch
        {
            GuestType.Void => "",
            GuestType.Bool => "true",
            GuestType.Bytes => "0x01",
            _ => "1",
        };

        if (type != GuestType.Void)
        {
            Assert.Equal(type, ValueText.Parse($"{name}:{content}").Type);
            Assert.Single(Answer.Parse($"Name({name})=5").Function.GetType().GetMethod("Invoke")!.GetParameters());
        }

        Assert.Equal(type == GuestType.Void, Answer.Parse($"Name={name}:{content}").Function.Method.ReturnType == typeof(void));
    }
}
