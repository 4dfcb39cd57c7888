namespace Lodge.Cli;

/// <summary>Calls a function as often as it is asked to, and measures.</summary>
internal static class CallRun
{
    /// <returns>The result of the last call.</returns>
    public static GuestValue Execute(CallRequest request, ToolContext context, CallTimings timings)
    {
        context.Cancelled.ThrowIfCancellationRequested();
        long start = context.Clock.GetTimestamp();
        using Sandbox.Sandbox sandbox = request.Setup.Create(context);
        timings.Create = context.Clock.GetElapsedTime(start);

        using Snapshot? fresh = request.RestoreBetween && request.Repeat > 1 ? sandbox.TakeSnapshot() : null;
        var progress = new CallProgress(context, request.Repeat);
        try
        {
            GuestValue result = Call();
            for (int done = 1; done < request.Repeat; done++)
            {
                progress.Report(done);
                if (fresh is not null)
                    Restore(fresh);

                result = Call();
            }

            WarnOfUnusedAnswers("");
            return result;
        }
        catch (SandboxException problem)
        {
            WarnOfUnusedAnswers(problem.Message);
            throw;
        }
        finally
        {
            progress.Clear();
        }

        GuestValue Call()
        {
            long start = context.Clock.GetTimestamp();
            GuestValue result = request.Setup.Call(
                sandbox, request.Function, request.Arguments, request.Timeout, context.Cancelled);
            timings.AddCall(context.Clock.GetElapsedTime(start));
            return result;
        }

        // Most of all a name that is not written as the guest writes it. Where an answer has other types than the guest wants,
        // the problem says that already.
        void WarnOfUnusedAnswers(string problem)
        {
            string[] names =
            [
                .. from answer in request.Setup.Answers
                   where answer.IsAsked && !answer.IsUsed && !problem.Contains($"{answer.Name} ", StringComparison.Ordinal)
                   select answer.Name,
            ];
            progress.Clear();
            if (names.Length != 0)
                context.Error.WriteLine(SafeText.Line($"lodge: The guest never got the answer of {string.Join(", ", names)}."));
        }

        void Restore(Snapshot snapshot)
        {
            long start = context.Clock.GetTimestamp();
            sandbox.Restore(snapshot);
            timings.AddRestore(context.Clock.GetElapsedTime(start));
        }
    }
}
