using Inference.Server.Hosting;
using Inference.Server.Options;
using Inference.Server.Serving;

namespace Inference.Server.Commands;

/// <summary><c>inference inspect</c>: what a model is, told from its files without converting it.</summary>
internal static class InspectCommand
{
    /// <summary>Writes a report of every model of the options.</summary>
    /// <returns>0.</returns>
    /// <exception cref="OptionException">An option does not suit the model.</exception>
    public static int Run(ServerOptions options, TextWriter console)
    {
        using var progress = new ConsoleProgress(TextWriter.Null, isInteractive: false);
        foreach (var own in ModelOptions.Each(options))
        {
            using var source = DecoderSource.Open(ModelLoader.PathOf(own), progress);
            foreach (var line in ModelReport.Of(source, own))
            {
                console.WriteLine(line);
            }
        }

        return 0;
    }
}
