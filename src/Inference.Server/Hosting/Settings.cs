using Inference.Server.Options;

namespace Inference.Server.Hosting;

/// <summary>appsettings.json: the one beside the executable, and over it the one in the current directory.</summary>
internal static class Settings
{
    private const string FileName = "appsettings.json";

    /// <summary>Reads both, if they are there, and the environment's section variables (Inference__Port) over them.</summary>
    /// <exception cref="OptionException">A file is not valid JSON.</exception>
    public static IConfiguration Load()
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, FileName), optional: true)
            .AddJsonFile(Path.Combine(Environment.CurrentDirectory, FileName), optional: true)
            .AddEnvironmentVariables();
        try
        {
            return builder.Build();
        }
        catch (InvalidDataException exception)
        {
            throw new OptionException($"{exception.Message} {exception.GetBaseException().Message}");
        }
    }
}
