using System.Text.Json;

namespace Inference.LoadTest.Experiments;

/// <summary>Servers in several settings under the same loads, in turn, round after round. Read from JSON.</summary>
/// <param name="Title">Of the report.</param>
/// <param name="Introduction">What is measured, and what the published figures are of.</param>
/// <param name="Command">The server's executable, from the repository's root.</param>
/// <param name="Arguments">For all servers.</param>
/// <param name="Servers">The settings.</param>
/// <param name="Scenarios">The loads.</param>
/// <param name="Concurrencies">Clients with one request after another.</param>
/// <param name="RequestsPerClient">In each measurement.</param>
/// <param name="Rounds">Of all measurements, after one that is not counted.</param>
/// <param name="Quick">In place of the three before, for a look of some minutes.</param>
internal sealed record Experiment(
    string Title,
    string Introduction,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<ServerSetting> Servers,
    IReadOnlyList<ExperimentScenario> Scenarios,
    IReadOnlyList<int> Concurrencies,
    int RequestsPerClient,
    int Rounds,
    QuickForm Quick)
{
    /// <exception cref="FormatException">It is not as it must be; the message names the file.</exception>
    public static Experiment Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<Experiment>(file, LoadJson.Options) ?? throw new FormatException($"{path}: is null.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
    }

    public Experiment Shortened() => this with { Concurrencies = Quick.Concurrencies, RequestsPerClient = Quick.RequestsPerClient, Rounds = Quick.Rounds };
}
