// A web service that answers each request in a sandbox of its own, which is restored before anybody else gets it.
//   dotnet run                serves on a free port, asks itself for three seconds, checks every answer, and ends
//   dotnet run -- --serve     serves until Ctrl+C, at http://localhost:5000 or where --urls says
//
//   curl localhost:5000/hello/you              200  Hello, you! Today is ...
//   curl --data-binary @FILE localhost:5000/digest
//                                              200  the file's SHA-256; 413 where it has more than 64 KiB
//   curl localhost:5000/hello/you?within=0     504  the guest took longer than the request allows (in ms; at most a second)
//   curl localhost:5000/fail/sorry             422  the guest's function ended in an error
//   curl localhost:5000/abort/7                502  the guest died; nobody else notices
//   (all sandboxes are lent for two seconds)   503
using Lodge.Sandbox;
using WebEndpoint;

// How long a request waits for a sandbox, and how long its call may take.
TimeSpan patience = TimeSpan.FromSeconds(2), deadline = TimeSpan.FromSeconds(1);

bool serves = args.Contains("--serve");
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder([.. args.Where(argument => argument != "--serve")]);
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = 64 << 10);
builder.Logging.SetMinimumLevel(serves ? LogLevel.Information : LogLevel.Error);
if (!serves)
    builder.WebHost.UseUrls("http://127.0.0.1:0");

await using WebApplication app = builder.Build();
using SandboxPool hello = PoolOf("hello.elf", options => { });
using SandboxPool digest = PoolOf("digest.elf", options => (options.InputBufferSize, options.ScratchSize) = (80 << 10, 512 << 10));

app.MapGet("/hello/{name}", (string name, int? within, CancellationToken gone) =>
{
    TimeSpan least = TimeSpan.FromMilliseconds(Math.Clamp(within ?? int.MaxValue, 0, deadline.TotalMilliseconds));
    return AnswerAsync(hello, gone, sandbox => sandbox.CallAsync<string>("SayHello", [name], least, gone));
});

app.MapPost("/digest", async (Stream request, CancellationToken gone) =>
{
    using var body = new MemoryStream();
    await request.CopyToAsync(body, gone);
    return await AnswerAsync(digest, gone, async sandbox
        => Convert.ToHexString(await sandbox.CallAsync<byte[]>("Digest", [body.ToArray()], deadline, gone)));
});

// What a guest's errors and bugs look like from outside.
app.MapGet("/fail/{text}", (string text, CancellationToken gone)
    => AnswerAsync(hello, gone, sandbox => sandbox.CallAsync<string>("Fail", [1ul, text], deadline, gone)));

app.MapGet("/abort/{code}", (byte code, CancellationToken gone)
    => AnswerAsync(hello, gone, sandbox => sandbox.CallAsync<string>("Abort", [(int)code, "on purpose"], deadline, gone)));

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

// The call has a thread of its own, so that guests that take all their time leave the service's threads alone. It is stopped when the
// client has gone.
async Task<IResult> AnswerAsync(SandboxPool pool, CancellationToken gone, Func<Sandbox, Task<string>> call)
{
    using var waiting = CancellationTokenSource.CreateLinkedTokenSource(gone);
    waiting.CancelAfter(patience);
    try
    {
        using PooledSandbox rented = await pool.RentAsync(waiting.Token);
        return Results.Text(await call(rented.Sandbox));
    }
    catch (OperationCanceledException) when (!gone.IsCancellationRequested)
    {
        return Results.Problem("All sandboxes are busy.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
    catch (OperationCanceledException)
    {
        return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
    }
    catch (GuestErrorException error)
    {
        return Results.Problem(error.Text, statusCode: StatusCodes.Status422UnprocessableEntity);
    }
    catch (GuestTimeoutException)
    {
        return Results.Problem("It took too long.", statusCode: StatusCodes.Status504GatewayTimeout);
    }
    catch (GuestStoppedException death)
    {
        // Where it was and what it said is for those who look after the service.
        DeathLog.Died(app.Logger, pool.Name, death.Message);
        return Results.Problem("The guest died.", statusCode: StatusCodes.Status502BadGateway);
    }
}
