using Inference.Models.Conversion;
using Inference.Server.Hosting;
using Spectre.Console;

namespace Inference.Server.Commands;

/// <summary>How far a conversion is, as a bar for each stage on a terminal, and as lines elsewhere.</summary>
internal sealed class ConversionBar : IProgress<ConversionProgress>, IDisposable
{
    private readonly ConsoleProgress? _lines;
    private readonly Lock _lock = new();
    private readonly Dictionary<ConversionStage, ProgressTask> _bars = [];
    private readonly TaskCompletionSource<ProgressContext>? _context;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _drawing;

    private ConversionBar(ConsoleProgress lines) => (_lines, _drawing) = (lines, Task.CompletedTask);

    private ConversionBar(IAnsiConsole console)
    {
        _context = new TaskCompletionSource<ProgressContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        _drawing = console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                _context.SetResult(context);
                return _end.Task;
            });
    }

    /// <summary>For a console.</summary>
    /// <param name="output">Where lines go.</param>
    /// <param name="isInteractive">Whether it is a terminal.</param>
    public static ConversionBar For(TextWriter output, bool isInteractive) =>
        isInteractive ? new ConversionBar(AnsiConsole.Console) : new ConversionBar(new ConsoleProgress(output, isInteractive: false));

    /// <inheritdoc/>
    public void Report(ConversionProgress value)
    {
        if (_context is null)
        {
            _lines!.Report(value);
            return;
        }

        lock (_lock)
        {
            if (!_bars.TryGetValue(value.Stage, out var bar))
            {
                bar = _context.Task.GetAwaiter().GetResult().AddTask(Describe(value.Stage), maxValue: Math.Max(1, value.Total));
                bar.IsIndeterminate = value.Total == 0;
                _bars.Add(value.Stage, bar);
            }

            bar.Value = value.Done;
        }
    }

    /// <summary>Ends the drawing, so that other lines may follow.</summary>
    public void Complete()
    {
        _lines?.Complete();
        if (_end.TrySetResult())
        {
            _drawing.GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Complete();
        _lines?.Dispose();
    }

    private static string Describe(ConversionStage stage) => stage switch
    {
        ConversionStage.Identify => "Reading the model",
        ConversionStage.Verify => "Checking what is there",
        ConversionStage.Wait => "Waiting for another process that converts it",
        _ => "Converting",
    };
}
