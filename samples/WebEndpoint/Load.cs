using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace WebEndpoint;

/// <summary>Clients that ask the service, and know what the answer has to be.</summary>
internal static class Load
{
    private const int ShownErrors = 5;

    /// <summary>Asks for a while, and prints how fast the answers came.</summary>
    /// <returns>How many answers were wrong.</returns>
    public static async Task<int> RunAsync(Uri service, int clients, TimeSpan duration)
    {
        using var http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(20) };

        // The first answers also pay for compiling the service.
        await Task.WhenAll(Enumerable.Range(0, clients).Select(i => AskAsync(http, i)));

        var times = new ConcurrentBag<TimeSpan>();
        var errors = new ConcurrentBag<string>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (int i = client; clock.Elapsed < duration; i += clients)
            {
                TimeSpan begun = clock.Elapsed;
                if (await AskAsync(http, i) is { } error)
                    errors.Add(error);

                times.Add(clock.Elapsed - begun);
            }
        })));
        TimeSpan[] sorted = [.. times.Order()];
        Console.WriteLine(
            $"{sorted.Length} requests of {clients} clients in {clock.Elapsed.TotalSeconds:F1} s: "
            + $"{sorted.Length / clock.Elapsed.TotalSeconds:F0} a second, "
            + $"p50 {sorted[sorted.Length / 2].TotalMilliseconds:F2} ms, "
            + $"p99 {sorted[sorted.Length * 99 / 100].TotalMilliseconds:F2} ms, {errors.Count} wrong");
        foreach (string error in errors.Take(ShownErrors))
            Console.WriteLine($"  {error}");

        return errors.Count;
    }

    /// <summary>Asks for one thing or another.</summary>
    /// <returns>What was wrong with the answer; nothing where it is right.</returns>
    private static async Task<string?> AskAsync(HttpClient http, int number)
    {
        try
        {
            return (number % 50) switch
            {
                7 => await AskForAnAbortAsync(http),
                11 => await AskForAnErrorAsync(http),
                17 => await AskInVainAsync(http),
                < 25 => await AskForGreetingAsync(http, $"client {number}"),
                _ => await AskForDigestAsync(http, RandomNumberGenerator.GetBytes(number * 37 % 4096)),
            };
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            return $"Request {number}: {problem.Message}";
        }
    }

    private static Task<string?> AskForGreetingAsync(HttpClient http, string name)
        => CheckAsync(
            http.GetAsync(new Uri($"/hello/{Uri.EscapeDataString(name)}", UriKind.Relative)),
            HttpStatusCode.OK,
            answer => answer.StartsWith($"Hello, {name}! Today is ", StringComparison.Ordinal));

    private static Task<string?> AskForDigestAsync(HttpClient http, byte[] bytes)
        => CheckAsync(
            http.PostAsync(new Uri("/digest", UriKind.Relative), new ByteArrayContent(bytes)),
            HttpStatusCode.OK,
            answer => answer == Convert.ToHexString(SHA256.HashData(bytes)));

    private static Task<string?> AskForAnAbortAsync(HttpClient http)
        => CheckAsync(
            http.GetAsync(new Uri("/abort/42", UriKind.Relative)),
            HttpStatusCode.BadGateway,
            answer => answer.Contains("died", StringComparison.Ordinal));

    private static Task<string?> AskForAnErrorAsync(HttpClient http)
        => CheckAsync(
            http.GetAsync(new Uri("/fail/sorry", UriKind.Relative)),
            HttpStatusCode.UnprocessableEntity,
            answer => answer.Contains("sorry", StringComparison.Ordinal));

    private static Task<string?> AskInVainAsync(HttpClient http)
        => CheckAsync(
            http.GetAsync(new Uri("/hello/nobody?within=0", UriKind.Relative)),
            HttpStatusCode.GatewayTimeout,
            answer => answer.Contains("too long", StringComparison.Ordinal));

    private static async Task<string?> CheckAsync(
        Task<HttpResponseMessage> asked, HttpStatusCode wanted, Predicate<string> isRight)
    {
        using HttpResponseMessage response = await asked;
        string answer = await response.Content.ReadAsStringAsync();
        return response.StatusCode == wanted && isRight(answer) ? null : $"{(int)response.StatusCode}: {answer}";
    }
}
