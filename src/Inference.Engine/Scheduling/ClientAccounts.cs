namespace Inference.Engine.Scheduling;

/// <summary>
/// The accounts of all clients. There are as many as there are API keys, so none is ever closed. A client that comes back after a pause is
/// put level with the least served of those that are there: it has no claim on what it left unused.
/// </summary>
internal sealed class ClientAccounts
{
    private readonly Dictionary<string, ClientAccount> _accounts = [];

    public ClientAccount Enter(string? client)
    {
        var name = client ?? "";
        if (!_accounts.TryGetValue(name, out var account))
            _accounts.Add(name, account = new ClientAccount(_accounts.Count));
        if (account.Live++ == 0)
            account.Served = Math.Max(account.Served, LeastServed(except: account));
        return account;
    }

    public static void Leave(ClientAccount account) => account.Live--;

    private double LeastServed(ClientAccount except)
    {
        var least = double.PositiveInfinity;
        foreach (var account in _accounts.Values)
        {
            if (account.Live > 0 && account != except)
                least = Math.Min(least, account.Served);
        }

        return double.IsPositiveInfinity(least) ? 0 : least;
    }
}
