using Inference.Models;
using Inference.Server.Errors;

namespace Inference.Server.Serving.Lora;

/// <summary>Loads and unloads adapters while the server runs, one at a time, with vLLM's answers.</summary>
internal sealed partial class AdapterDesk(ModelRegistry models, TimeProvider time, ILogger<AdapterDesk> logger) : IDisposable
{
    private const int MaxNameLength = 256;
    private const int MaxPathLength = 4096;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Reads an adapter's folder and serves it.</summary>
    /// <param name="name">For requests.</param>
    /// <param name="path">The folder.</param>
    /// <param name="baseModel">The model that it is for; null for the first that generates text.</param>
    /// <param name="inPlace">Whether it may take the place of one of its name.</param>
    /// <param name="cancellationToken">Ends the waiting for others.</param>
    /// <exception cref="ApiException">400: the name, or the adapter, cannot be used. 404: there is no such folder or model.</exception>
    public async Task LoadAsync(string? name, string? path, string? baseModel, bool inPlace, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(path))
        {
            throw ApiErrors.Invalid(
                string.IsNullOrWhiteSpace(name) ? "lora_name" : "lora_path", "Both 'lora_name' and 'lora_path' must be provided.");
        }

        Require(name.Length <= MaxNameLength && !name.Any(char.IsControl), "lora_name", $"'lora_name' must be plain text of at most {MaxNameLength} characters.");
        Require(path.Length <= MaxPathLength && !path.Any(char.IsControl), "lora_path", $"'lora_path' must be plain text of at most {MaxPathLength} characters.");
        var decoder = models.Decoder(baseModel);
        Require(decoder.Adapters.AreTaken, "base_model_name", "The model takes no adapters.");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var isThere = models.FindAdapter(name) is not null;
            Require(!models.HasModel(name), "lora_name", $"'{name}' is the name of a model.");
            Require(!isThere || inPlace, "lora_name", $"The lora adapter '{name}' has already been loaded.");
            Require(!isThere || decoder.Adapters.Find(name) is not null, "lora_name", $"The lora adapter '{name}' is another model's.");
            var most = decoder.Options.MaxLoras;
            Require(
                isThere || decoder.Adapters.All.Count < most, "lora_name", $"{most} adapters are loaded, as many as may be (--max-loras); unload one first.");
            await Task.Run(() => Load(decoder, name, path), CancellationToken.None);
            Log.Loaded(logger, name, path);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Serves an adapter no more; requests that run with it go on.</summary>
    /// <exception cref="ApiException">400: no name. 404: there is no such adapter.</exception>
    public async Task UnloadAsync(string? name, CancellationToken cancellationToken)
    {
        Require(!string.IsNullOrWhiteSpace(name), "lora_name", "'lora_name' must be provided.");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!models.Decoders.Any(decoder => decoder.Adapters.Unload(name!)))
            {
                throw ApiErrors.AdapterNotFound("lora_name", $"The lora adapter '{ModelRegistry.Shown(name!)}' cannot be found.");
            }

            Log.Unloaded(logger, name!);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private void Load(ServedDecoder decoder, string name, string path)
    {
        if (!Directory.Exists(path))
        {
            throw ApiErrors.AdapterNotFound("lora_path", $"No adapter found for '{path}'.");
        }

        try
        {
            decoder.Adapters.Load(name, path, time);
        }
        catch (ModelFormatException exception)
        {
            throw ApiErrors.Invalid("lora_path", exception.Message);
        }
    }

    private static void Require(bool condition, string param, string message)
    {
        if (!condition)
        {
            throw ApiErrors.Invalid(param, message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(80, LogLevel.Information, "Adapter '{Name}' is loaded from '{Path}'.")]
        public static partial void Loaded(ILogger logger, string name, string path);

        [LoggerMessage(81, LogLevel.Information, "Adapter '{Name}' is unloaded.")]
        public static partial void Unloaded(ILogger logger, string name);
    }
}
