using Inference.Server.Files;
using Inference.Server.Responses;

namespace Inference.Server.Storage;

/// <summary>Deletes what has had its time, at the start and now and then.</summary>
internal sealed partial class StorageSweeper(Database database, ResponseStore responses, FileStore files, TimeProvider time, ILogger<StorageSweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Clears up after a server that was killed, before anybody is answered.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await responses.FailInterruptedAsync();
        files.Recover();
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (database.IsOpen)
                {
                    await responses.SweepAsync();
                    await files.SweepAsync();
                }
            }
            catch (Exception exception) when (exception is Microsoft.Data.Sqlite.SqliteException or IOException)
            {
                Log.CannotSweep(logger, exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Stored things that have had their time cannot be deleted: {Reason}")]
        public static partial void CannotSweep(ILogger logger, string reason);
    }
}
