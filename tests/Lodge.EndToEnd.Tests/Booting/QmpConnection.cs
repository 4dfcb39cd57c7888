using System.Text.Json.Nodes;

namespace Lodge.EndToEnd.Tests;

/// <summary>QEMU's machine protocol: commands and answers, one JSON object a line.</summary>
internal sealed class QmpConnection
{
    private readonly TextWriter _commands;
    private readonly TextReader _answers;

    private QmpConnection(TextWriter commands, TextReader answers)
    {
        _commands = commands;
        _answers = answers;
    }

    // For one answer. QEMU answers within milliseconds, unless the machine is very busy.
    private static TimeSpan Limit => TimeSpan.FromSeconds(60);

    /// <summary>Takes QEMU's greeting and enables commands.</summary>
    /// <exception cref="IOException">QEMU has ended.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<QmpConnection> OpenAsync(TextWriter commands, TextReader answers, CancellationToken cancellation)
    {
        var connection = new QmpConnection(commands, answers);
        await connection.ReadAsync(cancellation);
        await connection.ExecuteAsync("qmp_capabilities", [], cancellation);
        return connection;
    }

    /// <summary>Executes a command.</summary>
    /// <returns>What it returned.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    /// <exception cref="IOException">QEMU has ended.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject arguments, CancellationToken cancellation)
    {
        var request = new JsonObject { ["execute"] = command, ["arguments"] = arguments };
        await _commands.WriteLineAsync(request.ToJsonString().AsMemory(), cancellation);
        await _commands.FlushAsync(cancellation);

        // Events come in between.
        while (true)
        {
            JsonObject answer = await ReadAsync(cancellation);
            if (answer.TryGetPropertyValue("return", out JsonNode? result))
                return result;

            if (answer.TryGetPropertyValue("error", out JsonNode? error))
                throw new InvalidOperationException($"QEMU refused {command}: {error?["desc"]}");
        }
    }

    /// <summary>Executes a command of the monitor for people.</summary>
    /// <returns>What it printed.</returns>
    /// <inheritdoc cref="ExecuteAsync"/>
    public async Task<string> ExecuteLineAsync(string line, CancellationToken cancellation)
    {
        JsonNode? text = await ExecuteAsync("human-monitor-command", new JsonObject { ["command-line"] = line }, cancellation);
        return text?.GetValue<string>() ?? "";
    }

    private async Task<JsonObject> ReadAsync(CancellationToken cancellation)
    {
        // A read of a pipe cannot be cancelled. One that is given up ends with the process at the pipe's other end.
        string? line = await _answers.ReadLineAsync(cancellation).AsTask().WaitAsync(Limit, cancellation);
        return JsonNode.Parse(line ?? throw new IOException("QEMU ended."))!.AsObject();
    }
}
