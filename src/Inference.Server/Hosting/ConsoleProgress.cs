using System.Globalization;
using Inference.Models.Conversion;

namespace Inference.Server.Hosting;

/// <summary>Shows how far a model's conversion is: one line that is written over on a terminal, a line per tenth otherwise.</summary>
internal sealed class ConsoleProgress(TextWriter output, bool isInteractive) : IProgress<ConversionProgress>, IDisposable
{
    // Below this many bytes a stage is over in no time, and silent.
    private const long WorthShowing = 16 << 20;

    private readonly Lock _lock = new();
    private ConversionStage? _stage;
    private int _percent = -1;
    private bool _isLineOpen;

    /// <inheritdoc/>
    public void Report(ConversionProgress value)
    {
        lock (_lock)
        {
            if (value.Stage is ConversionStage.Identify or ConversionStage.Verify)
            {
                return;
            }

            var percent = value.Total == 0 ? 0 : (int)(100 * value.Done / value.Total);
            var isNews = value.Stage != _stage || (isInteractive ? percent != _percent : percent / 10 != _percent / 10);
            if (!isNews || (value.Stage == ConversionStage.Convert && value.Total < WorthShowing))
            {
                return;
            }

            (_stage, _percent) = (value.Stage, percent);
            Show(value.Stage == ConversionStage.Wait
                ? "Waiting for another process that converts this model"
                : string.Create(CultureInfo.InvariantCulture, $"Converting the model (once): {percent} % of {value.Total >> 20} MiB"));
        }
    }

    /// <summary>Ends an open line.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_isLineOpen)
            {
                output.WriteLine();
                _isLineOpen = false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Complete();

    private void Show(string text)
    {
        if (isInteractive)
        {
            output.Write("\r" + text.PadRight(70));
            _isLineOpen = true;
        }
        else
        {
            output.WriteLine(text);
        }

        output.Flush();
    }
}
