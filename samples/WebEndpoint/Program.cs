// A web service that answers each request in a sandbox of its own, which is restored before anybody else gets it.
//   dotnet run                serves on a free port, asks itself for three seconds, checks every answer, and ends
//   dotnet run -- --serve     serves until Ctrl+C, at http://localhost:5000 or where --urls says
using Lodge.Sandbox;
using WebEndpoint;

// How long a request waits for a sandbox, and how long its call may take.
TimeSpan patience = TimeSpan.FromSeconds(2), deadline = TimeSpan.FromSeconds(1);

bool serves = args.Contains("--serve");
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder([.. args.Where(argument => argument != "--serve")]);
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = 64 << 10);
builder.Logging.SetMinimumLevel(serves ? LogLevel.Information : LogLevel.Warning);
if (!serves)
    builder.WebHost.UseUrls("http://127.0.0.1:0");

await using WebApplication app = builder.Build();
using SandboxPool hello = PoolOf("hello.elf", options => { });
using SandboxPool digest = PoolOf("digest.elf", options => (options.InputBufferSize, options.ScratchSize) = (80 << 10, 512 << 10));

app.MapGet("/hello/{name}", (string name, HttpContext context)
    => AnswerAsync(hello, context, (sandbox, token) => sandbox.Call<string>("SayHello", deadline, token, name)!));

app.MapPost("/digest", async (HttpContext context) =>
{
    using var body = new MemoryStream();
    await context.Request.Body.CopyToAsync(body, context.RequestAborted);
    return await AnswerAsync(digest, context, (sandbox, token)
        => Convert.ToHexString(sandbox.Call<byte[]>("Digest", deadline, token, body.ToArray())!));
});

// What a guest's bug looks like from outside: nobody else notices.
app.MapGet("/abort/{code}", (byte code, HttpContext context) => AnswerAsync(hello, context, (sandbox, token)
    => $"{sandbox.Call<GuestValue>("Abort", deadline, token, (int)code, "on purpose")}"));

if (serves)
{
    await app.RunAsync();
    return 0;
}

await app.StartAsync();
int wrong = await Load.RunAsync(new Uri(app.Urls.First()), clients: 16, TimeSpan.FromSeconds(3));
foreach (SandboxPool pool in new[] { hello, digest })
{
    Console.WriteLine($"{pool.Name}: {pool.Created} of at most {pool.Capacity} sandboxes made, {pool.Replaced} replaced, "
        + $"{pool.Idle} idle, {pool.InUse} in use");
}

await app.StopAsync();
return wrong == 0 && hello.InUse + digest.InUse == 0 ? 0 : 1;

SandboxPool PoolOf(string guest, Action<SandboxOptions> configure)
{
    // The guest is loaded and initialised once; every sandbox of the pool begins there.
    using var first = Sandbox.Create(Path.Combine(AppContext.BaseDirectory, "guests", guest), configure);
    using Snapshot snapshot = first.TakeSnapshot();
    return new SandboxPool(snapshot, new SandboxPoolOptions
    {
        Name = Path.GetFileNameWithoutExtension(guest),
        Logger = app.Logger,
        Configure = options => options.AddHostFunction("GetWeekday", () => $"{DateTime.UtcNow.DayOfWeek}"),
    });
}

// The call runs on the request's thread: it is short, and has a deadline. It is stopped when the client has gone.
async Task<IResult> AnswerAsync(SandboxPool pool, HttpContext context, Func<Sandbox, CancellationToken, string> call)
{
    CancellationToken gone = context.RequestAborted;
    using var waiting = CancellationTokenSource.CreateLinkedTokenSource(gone);
    waiting.CancelAfter(patience);
    try
    {
        using PooledSandbox rented = await pool.RentAsync(waiting.Token);
        return Results.Text(call(rented.Sandbox, gone));
    }
    catch (OperationCanceledException) when (!gone.IsCancellationRequested)
    {
        return Results.Problem("All sandboxes are busy.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
    catch (OperationCanceledException)
    {
        return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
    }
    catch (GuestTimeoutException)
    {
        return Results.Problem("It took too long.", statusCode: StatusCodes.Status504GatewayTimeout);
    }
    catch (GuestErrorException error)
    {
        return Results.Problem(error.Text, statusCode: StatusCodes.Status422UnprocessableEntity);
    }
    catch (Exception problem) when (problem is GuestAbortedException or GuestCrashedException)
    {
        return Results.Problem(problem.Message, statusCode: StatusCodes.Status502BadGateway);
    }
}
