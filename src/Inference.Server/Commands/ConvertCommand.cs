using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Inference.Models.Conversion;
using Inference.Server.Options;
using Inference.Server.Serving;

namespace Inference.Server.Commands;

/// <summary><c>inference convert</c>: from a checkpoint to the form that runs.</summary>
internal static class ConvertCommand
{
    private const int Success = 0;

    /// <summary>As shells give it for a process that SIGINT has ended.</summary>
    private const int Interrupted = 130;

    /// <summary>What a package has beside the weights, where the model's folder has it.</summary>
    private static readonly string[] Companions =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json",
        "chat_template.jinja", "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    /// <summary>Converts every model of the options into the cache, and the one into a folder of its own when that is asked for.</summary>
    /// <param name="options">Which models, to what.</param>
    /// <param name="output">--output, or null.</param>
    /// <param name="console">Where to tell of it.</param>
    /// <param name="isInteractive">Whether that is a terminal.</param>
    /// <returns>0, or 130 after SIGINT or SIGTERM.</returns>
    /// <exception cref="OptionException">An option does not suit the model.</exception>
    public static int Run(ServerOptions options, string? output, TextWriter console, bool isInteractive)
    {
        using var cancellation = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var each = ModelOptions.Each(options);
        if (output is not null && each.Length > 1)
        {
            throw new OptionException($"--output {output}: is for one model, and {each.Length} are named");
        }

        try
        {
            foreach (var own in each)
            {
                Convert(own, output, console, isInteractive, cancellation.Token);
            }

            return Success;
        }
        catch (OperationCanceledException)
        {
            console.WriteLine("Interrupted. The same command goes on from here.");
            return Interrupted;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            cancellation.Cancel();
        }
    }

    private static void Convert(
        ServerOptions options, string? output, TextWriter console, bool isInteractive, CancellationToken cancellationToken)
    {
        var path = ModelLoader.PathOf(options);
        using var progress = ConversionBar.For(console, isInteractive);
        using var source = DecoderSource.Open(path, progress);
        if (source.Checkpoint is null)
        {
            throw new OptionException($"{path}: is converted already");
        }

        source.LoadTokenizer();
        string[] companions = [.. Companions.Select(name => Path.Combine(source.Folder, name)).Where(File.Exists)];
        if (output is not null && !companions.Any(file => Path.GetFileName(file) is "tokenizer.json" or "tokenizer.model"))
        {
            throw new OptionException($"--output {output}: the model's tokenizer is within its GGUF file; put its tokenizer.json beside that");
        }

        var plan = source.Plan(options, cacheShares: 1);
        var start = Stopwatch.GetTimestamp();
        var model = source.Convert(plan, options.CacheDir, progress, cancellationToken);
        progress.Complete();
        var folder = Path.GetDirectoryName(model.ModelPath)!;
        if (output is not null)
        {
            ConvertedPackage.Write(model, output, companions);
            folder = Path.GetFullPath(output);
        }

        var bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ModelLoader.NameOf(path)} in {Name(model.DType)}, cache in {Name(model.KvCacheDType)}: {bytes / 1048576.0:N0} MiB in {folder}, {Stopwatch.GetElapsedTime(start).TotalSeconds:N1} s"));
    }

    private static string Name<T>(T dtype)
        where T : struct, Enum => dtype.ToString().ToLowerInvariant();
}
