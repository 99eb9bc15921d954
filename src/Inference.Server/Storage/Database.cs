using System.Threading.Channels;
using Inference.Server.Options;
using Microsoft.Data.Sqlite;

namespace Inference.Server.Storage;

/// <summary>
/// A SQLite database in the data folder. One thread writes, so that nobody waits for the disk who does not want to, and what is there to
/// be written at a time is one transaction. Readers see what is committed, and wait for nobody (write-ahead log). It is opened when it is there
/// at the start, else at its first use.
/// </summary>
internal sealed class Database : IDisposable
{
    private const string FileName = "inference.db";
    private const int MaxGroup = 64;
    private const string Savepoint = "one";

    private readonly DataFolder _folder;
    private readonly Channel<DatabaseWrite> _writes = Channel.CreateUnbounded<DatabaseWrite>();
    private readonly Lazy<string> _connectionString;
    private Thread? _writer;

    /// <summary>Opens the database if there is one.</summary>
    /// <exception cref="OptionException">It cannot be used.</exception>
    public Database(DataFolder folder)
    {
        _folder = folder;
        _connectionString = new Lazy<string>(Open);
        if (folder.IsKept && File.Exists(Path.Combine(folder.Path, FileName)))
        {
            _ = _connectionString.Value;
        }
    }

    /// <summary>Whether there is anything in it to look for.</summary>
    public bool IsOpen => _connectionString.IsValueCreated;

    /// <summary>Writes that have not come to the disk.</summary>
    public int Pending => _writes.Reader.Count;

    /// <summary>Runs a write on the writing thread, in a transaction.</summary>
    /// <returns>Done when it is on the disk; fails as the write does, which then has changed nothing.</returns>
    public Task WriteAsync(Action<SqliteConnection> write)
    {
        _ = _connectionString.Value;
        var item = new DatabaseWrite(write);
        ObjectDisposedException.ThrowIf(!_writes.Writer.TryWrite(item), this);
        return item.Completion;
    }

    /// <summary>Reads what is committed, on this thread.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        using var connection = Connect(_connectionString.Value);
        return read(connection);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A thread that somebody starts just now finds nothing to write, and ends.
        _writes.Writer.TryComplete();
        _writer?.Join();
        if (IsOpen)
        {
            // The pool's connections keep the file open.
            using var connection = new SqliteConnection(_connectionString.Value);
            SqliteConnection.ClearPool(connection);
        }
    }

    private static SqliteConnection Connect(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string Open()
    {
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(_folder.Path, FileName),
            ForeignKeys = true,
            DefaultTimeout = 5,
        }.ToString();
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(connectionString);
            DatabaseSchema.Apply(connection);
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw new OptionException($"--data-dir {_folder.Path}: {FileName} {DatabaseSchema.Explain(exception)}");
        }
        catch
        {
            connection?.Dispose();
            throw;
        }

        _writer = new Thread(() => WriteAll(connection)) { Name = "storage", IsBackground = true };
        _writer.Start();
        return connectionString;
    }

    private void WriteAll(SqliteConnection connection)
    {
        using (connection)
        {
            var group = new List<DatabaseWrite>(MaxGroup);
            while (_writes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (group.Count < MaxGroup && _writes.Reader.TryRead(out var next))
                {
                    group.Add(next);
                }

                Commit(connection, group);
                group.Clear();
            }
        }
    }

    // A write that fails is undone alone; a commit that fails fails all.
    private static void Commit(SqliteConnection connection, List<DatabaseWrite> group)
    {
        try
        {
            using var transaction = connection.BeginTransaction();
            foreach (var write in group)
            {
                transaction.Save(Savepoint);
                if (write.TryRun(connection))
                {
                    transaction.Release(Savepoint);
                }
                else
                {
                    transaction.Rollback(Savepoint);
                }
            }

            transaction.Commit();
            group.ForEach(write => write.Succeed());
        }
        catch (SqliteException exception)
        {
            group.ForEach(write => write.Fail(exception));
        }
    }
}
