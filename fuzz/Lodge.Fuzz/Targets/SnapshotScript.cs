using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Lodge.Fuzz;

/// <summary>Changes of a stored snapshot, as an input says them: digests and sizes are made to fit, or not.</summary>
/// <remarks>
/// Any bytes are a script: one byte whose lowest bit says that the folder is trusted, then edits:
/// <code>
/// u8 kind | u16 where | u8 what | u8 length | bytes
/// </code>
/// Operands that are missing are 0. Edits that need documents which can be read come first, whatever their order: content of
/// blobs, the config, the manifest, the index, then bytes of files.
/// </remarks>
internal sealed class SnapshotScript
{
    /// <summary>What is said of a node that is to keep its type.</summary>
    public const int SameType = 22;

    private const int HeadBytes = 5;
    private const int MostEdits = 12;
    private const int Values = 24;

    private readonly List<Edit> _edits = [];

    private SnapshotScript(bool isTrusted) => IsTrusted = isTrusted;

    /// <summary>What an edit changes, in the order in which they are made.</summary>
    public enum Kind
    {
        /// <summary>Bytes of a blob; <c>what</c> is which, <c>where</c> in multiples of 8. Digests are made to fit.</summary>
        Content,

        /// <summary>A node of the config.</summary>
        Config,

        /// <summary>Bytes of the config's text. Its digest is made to fit.</summary>
        ConfigText,

        /// <summary>A node of the manifest.</summary>
        Manifest,

        /// <summary>A node of the index.</summary>
        Index,

        /// <summary>Bytes of a file; <c>what</c> is which. Nothing is made to fit.</summary>
        FileBytes,

        /// <summary>The length of a file, cut to <c>where</c>, or made longer by the bytes where there are some.</summary>
        FileLength,
    }

    public bool IsTrusted { get; }

    /// <summary>What the edits change, and how.</summary>
    public IEnumerable<string> Steps
        => _edits.Select(static edit => edit.IsNode ? $"{edit.Kind} {edit.What % Values}" : $"{edit.Kind}");

    public static SnapshotScript Parse(ReadOnlySpan<byte> bytes)
    {
        var script = new SnapshotScript(bytes.Length != 0 && (bytes[0] & 1) != 0);
        Span<byte> head = stackalloc byte[HeadBytes];
        for (int at = 1; at < bytes.Length && script._edits.Count < MostEdits;)
        {
            head.Clear();
            ReadOnlySpan<byte> rest = bytes[at..];
            rest[..Math.Min(rest.Length, HeadBytes)].CopyTo(head);
            rest = rest[Math.Min(rest.Length, HeadBytes)..];
            byte[] operand = rest[..Math.Min(rest.Length, head[4])].ToArray();
            int where = BinaryPrimitives.ReadUInt16LittleEndian(head[1..]);
            script._edits.Add(new Edit((Kind)(head[0] % 7), where, head[3], operand));
            at += HeadBytes + operand.Length;
        }

        return script;
    }

    public static byte[] Write(bool isTrusted, params IEnumerable<(Kind Kind, int Where, int What, byte[] Bytes)> edits)
    {
        var bytes = new List<byte> { isTrusted ? (byte)1 : (byte)0 };
        foreach ((Kind kind, int where, int what, byte[] operand) in edits)
            bytes.AddRange([(byte)kind, (byte)where, (byte)(where >> 8), (byte)what, (byte)operand.Length, .. operand]);

        return [.. bytes];
    }

    /// <summary>Makes the changes.</summary>
    /// <returns>The files that were there and are not what they were.</returns>
    public IReadOnlyCollection<string> Apply(StoreEditor store)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (Edit edit in _edits.OrderBy(static edit => edit.Kind))
        {
            switch (edit.Kind)
            {
                case Kind.Content:
                    EditContent(store, edit);
                    break;
                case Kind.Config:
                    store.EditConfig(edit.ApplyTo);
                    break;
                case Kind.ConfigText:
                    store.EditManifest(manifest => EditBlob(store, manifest["config"]!, edit, (text, _) => edit.ApplyTo(text)));
                    break;
                case Kind.Manifest:
                    store.EditManifest(edit.ApplyTo);
                    break;
                case Kind.Index:
                    store.EditIndex(edit.ApplyTo);
                    break;
                default:
                    changed.Add(EditFile(store, edit));
                    break;
            }
        }

        return changed;
    }

    private static void EditContent(StoreEditor store, Edit edit)
    {
        string before = "";
        string after = "";
        store.EditManifest(manifest =>
        {
            JsonArray layers = manifest["layers"]!.AsArray();
            JsonNode layer = layers[edit.What % layers.Count]!;
            (before, after) = EditBlob(store, layer, edit, (bytes, at) => edit with { Where = at * 8 } is var scaled
                ? scaled.ApplyTo(bytes)
                : bytes);
        });
        store.EditConfig(config => Replace(config, before, after));
    }

    private static (string Before, string After) EditBlob(
        StoreEditor store, JsonNode descriptor, Edit edit, Func<byte[], int, byte[]> change)
    {
        string before = descriptor["digest"]!.GetValue<string>();
        byte[] bytes = change(File.ReadAllBytes(store.PathOfBlob(before)), edit.Where);
        string after = store.Write(bytes);
        descriptor["digest"] = after;
        descriptor["size"] = bytes.Length;
        return (before, after);
    }

    private static void Replace(JsonNode node, string before, string after)
    {
        foreach ((JsonNode parent, string? name, int index) in Places(node))
        {
            JsonNode? value = name is null ? parent[index] : parent[name];
            if (value is not JsonValue text || !text.TryGetValue(out string? found) || found != before)
                continue;

            if (name is null)
                parent[index] = after;
            else
                parent[name] = after;
        }
    }

    private static string EditFile(StoreEditor store, Edit edit)
    {
        string[] files = [.. store.Files.Order(StringComparer.Ordinal)];
        string path = files[edit.What % files.Length];
        byte[] bytes = File.ReadAllBytes(path);
        byte[] edited = edit.Kind == Kind.FileBytes ? edit.ApplyTo(bytes)
            : edit.Bytes.Length != 0 ? [.. bytes, .. edit.Bytes]
            : bytes[..(edit.Where % (bytes.Length + 1))];
        File.WriteAllBytes(path, edited);
        return path;
    }

    /// <summary>Every place of a document that can have another value.</summary>
    private static List<(JsonNode Parent, string? Name, int Index)> Places(JsonNode root)
    {
        var places = new List<(JsonNode, string?, int)>();
        Add(root);
        return places;

        void Add(JsonNode? node)
        {
            if (node is JsonObject members)
            {
                foreach ((string name, JsonNode? value) in members)
                {
                    places.Add((node, name, 0));
                    Add(value);
                }
            }
            else if (node is JsonArray items)
            {
                for (int i = 0; i < items.Count; i++)
                {
                    places.Add((node, null, i));
                    Add(items[i]);
                }
            }
        }
    }

    private sealed record Edit(Kind Kind, int Where, int What, byte[] Bytes)
    {
        public bool IsNode => Kind is Kind.Config or Kind.Manifest or Kind.Index;

        /// <summary>Puts the bytes over others.</summary>
        public byte[] ApplyTo(byte[] bytes)
        {
            if (bytes.Length == 0)
                return Bytes;

            int at = Where % bytes.Length;
            Bytes.AsSpan(0, Math.Min(Bytes.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
            return bytes;
        }

        /// <summary>Changes a place of a document.</summary>
        public void ApplyTo(JsonNode document)
        {
            List<(JsonNode Parent, string? Name, int Index)> places = Places(document);
            if (places.Count == 0)
                return;

            (JsonNode parent, string? name, int index) = places[Where % places.Count];
            JsonNode? old = name is null ? parent[index] : parent[name];
            switch (What % Values)
            {
                case 0 when name is not null:
                    parent.AsObject().Remove(name);
                    break;
                case 0:
                    parent.AsArray().RemoveAt(index);
                    break;
                case 1 when name is not null:
                    parent[name + Text] = old?.DeepClone();
                    break;
                case 1:
                    parent.AsArray().Insert(index, old?.DeepClone());
                    break;
                case var _ when name is not null:
                    parent[name] = ValueOf(old, places);
                    break;
                default:
                    parent[index] = ValueOf(old, places);
                    break;
            }
        }

        // Of the operand in Latin-1, so that each byte is a character.
        private string Text => Encoding.Latin1.GetString(Bytes);

        private ulong Number
        {
            get
            {
                Span<byte> word = stackalloc byte[8];
                word.Clear();
                Bytes.AsSpan(0, Math.Min(8, Bytes.Length)).CopyTo(word);
                return BinaryPrimitives.ReadUInt64LittleEndian(word);
            }
        }

        private JsonNode? ValueOf(JsonNode? old, List<(JsonNode Parent, string? Name, int Index)> places)
            => (What % Values) switch
            {
                2 => null,
                3 => true,
                4 => false,
                5 => 0,
                6 => -1,
                7 => long.MaxValue,
                8 => long.MinValue,
                9 => 1.5,
                10 => 1e99,
                11 => "",
                12 => "0x0",
                13 => "0xffffffffffffffff",
                14 or 15 => $"0x{Number:x}",
                16 => Number,
                17 => (long)Number << 12,
                18 => Text,
                19 => new JsonObject(),
                20 => new JsonArray(),
                21 => new JsonArray((JsonNode?)null),
                SameType => Like(old),
                _ => Other(places),
            };

        /// <summary>Something of the same type: a number, a number in hexadecimal, a text with another character.</summary>
        private JsonNode? Like(JsonNode? old)
        {
            const string Characters = "0123456789abcdefrwx- /";
            if (old is not JsonValue value)
                return old?.DeepClone();

            bool isNear = (Number & 1) == 0;
            if (value.TryGetValue(out long number))
                return isNear ? unchecked(number + (sbyte)(Number >> 8)) : (long)Number >> (int)(Number >> 58);

            if (!value.TryGetValue(out string? text) || text.Length == 0)
                return Text;

            if (!isNear && text.StartsWith("0x", StringComparison.Ordinal))
                return $"0x{Number:x}";

            char[] characters = text.ToCharArray();
            characters[(int)((Number >> 16) % (ulong)text.Length)] = Characters[(int)((Number >> 8) % (ulong)Characters.Length)];
            return new string(characters);
        }

        private JsonNode? Other(List<(JsonNode Parent, string? Name, int Index)> places)
        {
            (JsonNode parent, string? name, int index) = places[(int)(Number % (ulong)places.Count)];
            return (name is null ? parent[index] : parent[name])?.DeepClone();
        }
    }
}
