using Microsoft.Data.Sqlite;

namespace Inference.Server.Storage;

/// <summary>Something to write, and whether it has been.</summary>
internal sealed class DatabaseWrite(Action<SqliteConnection> write)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when it is on the disk.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Runs it; false if it failed.</summary>
    public bool TryRun(SqliteConnection connection)
    {
        try
        {
            write(connection);
            return true;
        }
        catch (Exception exception)
        {
            // Whatever it is, it is the writer's to hear of; the thread must go on for the others.
            _completion.TrySetException(exception);
            return false;
        }
    }

    /// <summary>It is on the disk, unless it failed.</summary>
    public void Succeed() => _completion.TrySetResult();

    /// <summary>It is not on the disk.</summary>
    public void Fail(Exception exception) => _completion.TrySetException(exception);
}
