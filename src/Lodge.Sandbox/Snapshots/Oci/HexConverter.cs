using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lodge.Sandbox;

/// <summary>Addresses and registers as <c>"0x1f"</c>: numbers of JSON have 53 bits for many who read it.</summary>
internal sealed class HexConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String
            && reader.GetString() is ['0', 'x', .. string digits]
            && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : throw new JsonException("It is no number as in \"0x1f\".");

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options)
        => writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"0x{value:x}"));
}
